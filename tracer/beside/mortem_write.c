/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortem_write.c -- a stream that the runner writes in a process's name: one fill,
 * in as many spans as it takes.
 */
#include "tracer/beside/mortem_write.h"
#include "formats/wire/standing.h"
#include "tracer/beside/clock.h"
#include "tracer/beside/walk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	SPAN_BYTES = 1 << 20,
	STACK_BYTES_MAX = 256 << 10,
	NUMBER = 0x7fffffff,            /* of the snapshot: no library counts so far */
	OWN_MAX = 2048,                 /* ranges, as tracer/inside/sys.c has them */
};

struct stream {
	struct run_trace *trace;
	enum mt_clock clock;
	struct mt_span span;            /* offset counts what was written */
	struct mt_stream_state state;
	uint8_t *bytes;
	size_t n_bytes;
};

static void flush(struct stream *stream)
{
	uint8_t *block = malloc(MT_SPAN_HEADER_BYTES_MAX + stream->n_bytes);
	uint8_t *at;

	if (!block || !stream->n_bytes) {
		free(block);
		return;
	}
	stream->span.n_bytes = (uint32_t)stream->n_bytes;
	at = mt_put_span_header(block, &stream->span);
	memcpy(at, stream->bytes, stream->n_bytes);
	run_trace_block(stream->trace, MT_BLOCK_EVENTS, block,
			(size_t)(at + stream->n_bytes - block));
	stream->span.offset += stream->span.n_bytes;
	stream->n_bytes = 0;
	free(block);
}

static void put(void *context, uint32_t kind, const uint8_t *payload, size_t n_bytes)
{
	struct stream *stream = context;
	uint8_t *end;

	if (stream->n_bytes + n_bytes + MT_EXTENDED_BYTES_MAX > SPAN_BYTES)
		flush(stream);
	end = mt_put_extended(&stream->state, stream->bytes + stream->n_bytes,
			      run_clock_ticks(stream->clock), kind, payload, n_bytes);
	stream->n_bytes = (size_t)(end - stream->bytes);
}

/* Which image of the trace writes under this pid: the last one that did. */
static uint32_t process_of(const struct run_drain *drain, const struct run_process *process)
{
	const struct run_region *region = &drain->live->regions[process->region];
	uint32_t id = region->has_many_processes ? 0 : region->first_process;

	for (uint32_t i = 1; i < region->n_granted; i++) {
		const struct mt_segment_header *segment =
			run_live_segment(drain->live, process->region, i);

		if (segment->pid == process->inner_pid && segment->process > id)
			id = segment->process;
	}
	return id;
}

static void put_begin(struct stream *stream, const struct run_autopsy *autopsy, int signal)
{
	uint8_t payload[128];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	struct mt_thread thread = { .id = 1, .tid = (uint64_t)autopsy->pid, .name = { "", 0 } };
	struct mt_fill fill = { run_clock_monotonic_ns() };
	struct mt_snapshot begin = {
		.number = NUMBER, .why = MT_SNAPSHOT_POST_MORTEM,
		.n_streams = stream->span.stream - 1,
		.flags = (uint8_t)((signal ? MT_SNAPSHOT_FATAL : 0) |
				   (autopsy->is_other_malloc ? MT_SNAPSHOT_OTHER_MALLOC : 0)),
		.tid = (uint64_t)autopsy->pid, .label = { "", 0 },
	};

	mt_put_fill(&out, &fill);
	put(stream, MT_KIND_FILL, payload, (size_t)(out.at - payload));
	out.at = payload;
	mt_put_thread(&out, &thread);
	put(stream, MT_KIND_THREAD, payload, (size_t)(out.at - payload));
	out.at = payload;
	mt_put_snapshot(&out, &begin);
	put(stream, MT_KIND_SNAPSHOT, payload, (size_t)(out.at - payload));
}

static void put_thread(struct stream *stream, const struct run_dead_thread *from)
{
	uint8_t payload[MT_SNAPSHOT_THREAD_BYTES_MAX];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	const struct user_regs_struct *regs = &from->registers;
	struct mt_snapshot_thread thread = {
		.tid = (uint64_t)from->tid, .hold = from->is_known ? MT_HOLD_HELD : MT_HOLD_RUNNING,
		.pc = regs->rip, .sp = regs->rsp, .fp = regs->rbp, .thread_pointer = regs->fs_base,
		.n_registers = from->is_known ? 16 : 0,
		.registers = { regs->rax, regs->rbx, regs->rcx, regs->rdx, regs->rsi, regs->rdi,
			       regs->rbp, regs->rsp, regs->r8, regs->r9, regs->r10, regs->r11,
			       regs->r12, regs->r13, regs->r14, regs->r15 },
	};

	mt_put_snapshot_thread(&out, &thread);
	put(stream, MT_KIND_SNAPSHOT_THREAD, payload, (size_t)(out.at - payload));
}

static void put_end(struct stream *stream, const struct run_autopsy *autopsy, uint64_t began_ns)
{
	uint8_t payload[128];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	struct mt_snapshot_end end = {
		.pause_ns = run_clock_monotonic_ns() - began_ns,
		.scanned_bytes = autopsy->scanned_bytes, .n_words = autopsy->n_words,
		.is_complete = !autopsy->reason, .reason = { "", 0 },
	};

	if (autopsy->reason)
		end.reason = (struct mt_text){ autopsy->reason, strlen(autopsy->reason) };
	mt_put_snapshot_end(&out, &end);
	put(stream, MT_KIND_SNAPSHOT_END, payload, (size_t)(out.at - payload));
}

/* Where it stood. Who was killed by SIGKILL was not at fault. */
static void put_standing(struct run_trace *trace, struct run_autopsy *autopsy, uint32_t process,
			 const struct run_dead_thread *thread, const struct run_fault *fault)
{
	struct run_body body = { .tid = thread->tid, .registers = thread->registers,
				 .stack_at = thread->registers.rsp - RUN_RED_ZONE };
	const struct run_map *map = run_space_find(&autopsy->space, body.stack_at);
	struct mt_out out = run_trace_meta(trace);
	struct mt_standing standing = { .number = NUMBER, .tid = (uint64_t)thread->tid };
	struct run_walk walk;

	if (!thread->is_known)
		return;
	body.n_stack = map ? map->end - body.stack_at : 0;
	body.n_stack = body.n_stack < STACK_BYTES_MAX ? body.n_stack : STACK_BYTES_MAX;
	body.stack = malloc(body.n_stack + 1);
	if (!body.stack || !run_autopsy_read(autopsy, body.stack_at, body.stack, body.n_stack))
		body.n_stack = 0;
	run_walk(&autopsy->space, &body, &walk);
	if (fault->tid == thread->tid) {
		standing.signal = (uint8_t)fault->signal;
		standing.code = fault->code;
		standing.address = fault->address;
	}
	standing.stack = (struct mt_stack){
		.generation = UINT32_MAX - 1, .end = walk.end, .n_omitted = walk.n_omitted,
		.n_frames = walk.n_frames, .frames = walk.frames,
	};
	memcpy(standing.stack.is_exact, walk.is_exact, sizeof(walk.is_exact));
	mt_put_meta_standing(&out, process, &standing);
	run_trace_meta_done(trace, MT_META_STANDING, &out);
	free(body.stack);
}

static void look(struct run_autopsy *autopsy, const struct mt_region_control *control,
		 uint64_t own[2 * OWN_MAX])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)autopsy->pid);
	autopsy->pages_fd = open(path, O_RDONLY | O_CLOEXEC);
	autopsy->is_other_malloc = control->is_other_malloc;
	if (!run_space_open(&autopsy->space, autopsy->pid)) {
		autopsy->reason = "maps-unreadable";
		return;
	}
	if (control->own_ranges &&
	    run_autopsy_read(autopsy, control->own_ranges, own, OWN_MAX * 16)) {
		autopsy->own = own;
		autopsy->n_own = OWN_MAX;
	} else {
		/* Its own notes would hold what the program has lost. */
		autopsy->reason = "maps-unreadable";
		return;
	}
	run_autopsy_map(autopsy);
	run_autopsy_classify(autopsy);
}

void run_mortem_write(struct run_drain *drain, enum mt_clock clock, pid_t pid, int signal,
		      const struct run_fault *fault, const struct run_dead_thread *threads,
		      unsigned n_threads)
{
	const struct run_process *process = run_drain_find(drain, (uint64_t)pid);
	struct stream *stream = calloc(1, sizeof(*stream));
	uint64_t *own = calloc(2 * OWN_MAX, sizeof(*own)), began_ns = run_clock_monotonic_ns();
	struct run_autopsy autopsy = { .threads = threads, .n_threads = n_threads, .pid = pid };
	uint32_t id = process ? process_of(drain, process) : 0;
	static const struct run_fault nobody;

	if (stream)
		stream->bytes = malloc(SPAN_BYTES + MT_EXTENDED_BYTES_MAX);
	if (id && own && stream && stream->bytes) {
		run_drain_pass(drain, began_ns);
		look(&autopsy, run_live_control(drain->live, process->region), own);
		stream->trace = drain->trace;
		stream->clock = clock;
		stream->span = (struct mt_span){
			.process = id,
			.stream = __atomic_add_fetch(&drain->live->header->n_streams, 1,
						     __ATOMIC_RELAXED),
		};
		put_begin(stream, &autopsy, signal);
		for (unsigned i = 0; i < n_threads; i++)
			put_thread(stream, &threads[i]);
		if (!autopsy.reason)
			run_autopsy_scan(&autopsy, put, stream);
		put_end(stream, &autopsy, began_ns);
		flush(stream);
		for (unsigned i = 0; i < n_threads; i++)
			put_standing(drain->trace, &autopsy, id, &threads[i],
				     signal && fault->signal == signal ? fault : &nobody);
	}
	if (autopsy.pages_fd > 0)
		close(autopsy.pages_fd);
	run_space_release(&autopsy.space);
	free(autopsy.pieces);
	free(own);
	if (stream)
		free(stream->bytes);
	free(stream);
}
