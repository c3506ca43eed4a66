/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_demand.c -- a snapshot of a process that goes on; see
 * formats/wire/shot.h.
 *
 *	a stopped thread     entry: cuts, threads -> clones -> gives itself back
 *	helper               clones once more, and is gone
 *	clone                closes what it inherited, scans, is gone
 *
 * The helper shares the memory and is reaped at once, so that the clone is an
 * orphan: the runner adopts it. None of them sends a signal when it ends, and no
 * wait of the program's finds one.
 *
 * The thread was stopped anywhere, perhaps within a hook or within malloc, and its
 * thread-local memory may be another's: nothing of it is touched. All are
 * stopped, so nothing may be waited for. The clone finds the states of the
 * threads wiped, as after any fork; what the cut needs of them was written before.
 */
#include "tracer/inside/snapshot.h"
#include "tracer/inside/channel.h"
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum {
	STACK_BYTES = 64 << 10,
	PAUSE_NAP_NS = 100000,
	PAUSE_NAPS_MAX = 20000,
	FDS_UNKNOWN = 1 << 20,
};

static uint8_t entry_stack[STACK_BYTES] __attribute__((aligned(64)));
static uint8_t helper_stack[STACK_BYTES] __attribute__((aligned(64)));
static struct mt_gate gate;
static struct tr_context context;    /* the clone's stream; no thread owns it */

static void say(uint32_t bit)
{
	uint32_t *state = &tr.control->shot.state;

	__atomic_fetch_or(state, bit, __ATOMIC_RELEASE);
	tr_sys3(SYS_futex, state, FUTEX_WAKE, 1);
}

/* As vfork does it, but run goes on where it likes: on a stack of its own, with
 * nowhere to return to. */
#if defined(__x86_64__)
static long clone_onto(unsigned long flags, uint8_t *stack_end, void (*run)(void))
{
	register long r10 __asm__("r10") = 0;
	register long r8 __asm__("r8") = 0;
	register void (*r9)(void) __asm__("r9") = run;
	long result;

	__asm__ volatile("syscall\n\t"
			 "testq %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xorl %%ebp, %%ebp\n\t"
			 "callq *%%r9\n\t"
			 "ud2\n"
			 "1:"
			 : "=a"(result)
			 : "0"((long)SYS_clone), "D"(flags), "S"(stack_end), "d"(0L), "r"(r10),
			   "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

/* Where the stopped thread is put. When it is done it waits to be given back. */
void tr_shot_entry(void) __attribute__((visibility("hidden")));
__asm__(".text\n"
	".type tr_shot_entry, @function\n"
	"tr_shot_entry:\n"
	".cfi_startproc\n"
	".cfi_undefined rip\n"
	"	xorl %ebp, %ebp\n"
	"	call tr_shot_run\n"
	"1:	movl $34, %eax\n"      /* pause */
	"	syscall\n"
	"	jmp 1b\n"
	".cfi_endproc\n"
	".size tr_shot_entry, . - tr_shot_entry\n");
#else
#error "memtrace: this processor's clone is not written yet"
#endif

/* Whatever it inherited must not stay open because of it: pipes, locks, ports. */
static void close_all(void)
{
	struct rlimit limit = { FDS_UNKNOWN, FDS_UNKNOWN };

	if (!tr_is_error(tr_sys3(SYS_close_range, 0, ~0U, 0)))
		return;
	tr_sys4(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
	for (uint64_t fd = 0; fd < limit.rlim_max && fd < FDS_UNKNOWN; fd++)
		tr_sys1(SYS_close, fd);
}

static void leave_family(void)
{
	const uint64_t all = ~UINT64_C(0);
	const struct rlimit no_core = { 1, 1 };    /* 0 would be no word to a pipe */

	tr_sys4(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, &all, NULL, sizeof(all));
	tr_sys0(SYS_setsid);
	close_all();
	tr_sys4(SYS_prlimit64, 0, RLIMIT_CORE, &no_core, NULL);
}

/* From the first thread stopped to the last one going on: the runner knows. */
static uint64_t pause_ns(void)
{
	uint64_t ns = 0;

	for (int i = 0; i < PAUSE_NAPS_MAX && !ns; i++) {
		ns = __atomic_load_n(&tr.control->shot.pause_ns, __ATOMIC_ACQUIRE);
		if (!ns)
			tr_nap(PAUSE_NAP_NS);
	}
	return ns;
}

/* In the clone. */
static void scan(void)
{
	struct mt_shot *told = &tr.control->shot;

	leave_family();
	say(MT_SHOT_READY);
	context.stream.is_hasty = false;
	tr_shot.is_frozen = true;
	tr_shot_look(&context);
	tr_shot_end(&context, pause_ns());
	tr_stream_give_back(&context.stream);
	told->n_words = tr_shot.n_words;
	told->is_complete = !tr_shot.reason;
	say(MT_SHOT_ENDED);
	for (;;)
		tr_sys1(SYS_exit_group, 0);
}

static void help(void)
{
	struct mt_shot *told = &tr.control->shot;
	long child = tr_sys6(SYS_clone, 0, 0, 0, 0, 0, 0);

	if (child == 0)
		scan();
	if (tr_is_error(child)) {
		told->refusal = MT_SHOT_NO_CLONE;
		told->error = (uint32_t)-child;
	} else {
		__atomic_store_n(&told->child, (uint64_t)child, __ATOMIC_RELEASE);
	}
	for (;;)
		tr_sys1(SYS_exit, 0);
}

/* Before anything is written: may it be? */
static enum mt_shot_refusal refusal(const struct mt_shot *order)
{
	if (__atomic_load_n(&tr.is_quiet, __ATOMIC_ACQUIRE))
		return MT_SHOT_QUIET;
	if (__atomic_load_n(&tr.live->has_adopter, __ATOMIC_ACQUIRE))
		return MT_SHOT_ADOPTS;
	if (tr_process_is_unborn())
		return MT_SHOT_YOUNG;
	if (tr_shot_is_at_exit() || __atomic_load_n(&tr.live->is_closed, __ATOMIC_ACQUIRE))
		return MT_SHOT_ENDING;
	if (!tr_shot_has_allocated())
		return MT_SHOT_NOTHING;
	if (!order->is_last_try && tr_shot_is_amid_realloc())
		return MT_SHOT_AMID_REALLOC;
	return MT_SHOT_TAKEN;
}

/* A new stream each time: its clone before may have died in the middle of one. */
static bool describe(struct mt_shot *order)
{
	struct mt_snapshot wanted = { .why = (uint8_t)order->why, .label = { order->label, 0 } };

	wanted.label.n_bytes = strnlen(order->label, sizeof(order->label));
	memset(&context.stream, 0, offsetof(struct tr_stream, state));
	context.stream.is_hasty = context.stream.is_snapshot = true;
	context.stream.tid = tr.pid;
	if (!tr_stream_room(&context, MT_SEGMENT_ROOM - 512))
		return false;
	order->stream = context.stream.id;
	tr_shot_begin();
	tr_shot_list_held(&tr_shot);
	if (tr_shot_is_amid_realloc())
		tr_shot.reason = "amid-realloc";
	tr_shot_describe(&context, &wanted);
	order->number = tr_shot.number;
	order->process = tr.process;
	order->generation = __atomic_load_n(&tr.unload_generation, __ATOMIC_ACQUIRE);
	return true;
}

static void clone_process(struct mt_shot *order)
{
	/* Until the helper is gone this thread sleeps, as after vfork. */
	long helper = clone_onto(CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_FS,
				 helper_stack + sizeof(helper_stack), help);

	if (tr_is_error(helper)) {
		order->refusal = MT_SHOT_NO_CLONE;
		order->error = (uint32_t)-helper;
	} else {
		tr_sys4(SYS_wait4, helper, NULL, __WALL, NULL);
	}
	/* The cut stands alone then, and the reader takes it for one cut short. */
	if (order->refusal)
		tr_stream_give_back(&context.stream);
}

void tr_shot_run(void) __attribute__((visibility("hidden"), used));
void tr_shot_run(void)
{
	struct mt_shot *order = &tr.control->shot;

	order->refusal = refusal(order);
	if (!order->refusal && !tr_shot_take())
		order->refusal = MT_SHOT_BUSY;
	if (!order->refusal) {
		if (describe(order))
			clone_process(order);
		else
			order->refusal = MT_SHOT_NO_ROOM;
		tr_shot_give();
	}
	/* Under a filter of the program's own the runner looks by itself. */
	if (order->refusal == MT_SHOT_QUIET)
		__atomic_fetch_or(&order->state, MT_SHOT_TOLD, __ATOMIC_RELEASE);
	else
		say(MT_SHOT_TOLD);
	while (order->refusal == MT_SHOT_QUIET)
		__builtin_ia32_pause();
}

void tr_snapshot_prepare(void)
{
	gate = (struct mt_gate){
		.magic = MT_GATE_MAGIC, .trace_id = tr.trace_id, .region = tr.region,
		.entry = (uintptr_t)tr_shot_entry,
		.stack_end = (uintptr_t)entry_stack + sizeof(entry_stack),
	};
	__atomic_store_n(&tr.control->shot.gate, (uintptr_t)&gate, __ATOMIC_RELEASE);
}
