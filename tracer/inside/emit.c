/* SPDX-License-Identifier: Apache-2.0 */
/* emit.c -- from a hook's arguments to records; see emit.h. */
#include "tracer/inside/emit.h"

#include "tracer/inside/channel.h"
#include "tracer/inside/clock.h"
#include "tracer/inside/modules.h"
#include "tracer/inside/stackset.h"
#include "tracer/inside/verify.h"

static uint8_t log2_of(size_t alignment)
{
	return alignment ? (uint8_t)__builtin_ctzl(alignment) : 0;
}

/* The first event after the loader was at work: what it did is known now. */
static __attribute__((noinline)) void after_loader(struct tr_context *context)
{
	uint32_t saw = __atomic_exchange_n(&tr.saw_loader, 0, __ATOMIC_ACQ_REL);

	if (!saw)
		return;
	__atomic_fetch_add(&tr.loader_epoch, 1, __ATOMIC_ACQ_REL);
	if (saw & 2)
		tr_modules_check_gone(context);
}

static inline bool look_at_loader(struct tr_context *context)
{
	if (tr_loader_is_busy())
		return true;
	if (__builtin_expect(__atomic_load_n(&tr.saw_loader, __ATOMIC_RELAXED) != 0, 0))
		after_loader(context);
	return false;
}

static void walk_stack(struct tr_context *context, const struct tr_regs *caller)
{
	bool is_busy = look_at_loader(context);
	struct tr_unwind_mode mode = {
		.loader_epoch = __atomic_load_n(&tr.loader_epoch, __ATOMIC_ACQUIRE),
		.is_loader_busy = is_busy,
		.is_quiet = __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED),
		.main_stack_high = tr_self->high ? 0 : tr.main_high,
		.thread_high = tr_self->high,
	};

	tr_unwind(&context->unwinder, &mode, caller, &context->walk);
	if (__builtin_expect(tr.is_oracle || tr.is_verifying, 0))
		tr_verify(context, caller);
}

static uint64_t hash_stack(const struct tr_walk *walk, uint32_t seed)
{
	const uint64_t multiplier = 0x9e3779b97f4a7c15u;
	uint64_t hash = seed ^ (uint64_t)walk->n_omitted << 32 ^ (uint64_t)walk->end << 28;

	for (uint32_t i = 0; i < walk->n_frames; i++) {
		hash = (hash ^ walk->frames[i]) * multiplier;
		hash ^= hash >> 32;
	}
	return hash;
}

static uint32_t count_shared(const struct mt_stream_state *state, const struct tr_walk *walk)
{
	uint32_t n = 0;

	while (n < state->n_frames && n < walk->n_frames &&
	       state->frames[state->n_frames - 1 - n] == walk->frames[walk->n_frames - 1 - n])
		n++;
	return n;
}

#ifdef TR_WIDE_WINDOW
/* For tests of snapshots: whoever is stopped is stopped here, as a rule. */
static void linger(void)
{
	for (volatile int i = 0; i < 20000; i++)
		;
}
#else
static inline void linger(void)
{
}
#endif

static bool define_stack(struct tr_context *context, uint32_t id, uint32_t generation,
			 enum mt_api api, uint8_t align_log2)
{
	const struct tr_walk *walk = &context->walk;
	struct tr_stream *stream = &context->stream;
	struct mt_stack stack = {
		.id = id, .api = (uint8_t)api, .align_log2 = align_log2, .end = walk->end,
		.generation = generation, .n_omitted = walk->n_omitted,
		.n_guessed_from = walk->n_guessed_from, .n_frames = walk->n_frames,
		.frames = walk->frames,
	};
	struct mt_out out;
	uint32_t n_shared = stream->segment ? count_shared(&stream->state, walk) : 0;

	memcpy(stack.is_exact, walk->is_exact, sizeof(stack.is_exact));
	if (!tr_modules_describe(context, walk->frames, walk->n_frames - n_shared) ||
	    !tr_stream_room(context, MT_STACK_BYTES_MAX + MT_EXTENDED_BYTES_MAX))
		return false;
	out = tr_scratch(context);
	mt_put_stack(&stream->state, &out, &stack);
	tr_stream_publish(stream, mt_put_extended(&stream->state, stream->at,
						  stream->state.last_time, MT_KIND_STACK,
						  context->scratch,
						  (size_t)(out.at - context->scratch)));
	return true;
}

/* The number of the stack in context->walk, defined in the trace; 0: no room. */
static uint32_t stack_id(struct tr_context *context, enum mt_api api, size_t alignment)
{
	uint8_t align_log2 = log2_of(alignment);
	uint32_t generation = __atomic_load_n(&tr.unload_generation, __ATOMIC_ACQUIRE);
	uint32_t seed = generation << 16 | (uint32_t)align_log2 << 8 | api;
	uint64_t hash = hash_stack(&context->walk, seed);
	uint32_t id = context->walk.is_cacheable ? tr_stackset_find(hash) : 0;

	if (id)
		return id;
	id = tr_stackset_new_id();
	if (!define_stack(context, id, generation, api, align_log2))
		return 0;
	if (context->walk.is_cacheable)
		tr_stackset_add(hash, id);
	return id;
}

static void put_alloc(struct tr_context *context, const struct tr_regs *caller, const void *p,
		      size_t size, enum mt_api api, size_t alignment)
{
	struct tr_stream *stream = &context->stream;
	uint64_t addr = (uintptr_t)p;
	uint64_t now = tr_now();
	uint32_t id;

	context->pending_size = size;
	context->pending_addr = addr;
	linger();
	walk_stack(context, caller);
	id = stack_id(context, api, alignment);
	if (!id || !tr_stream_room(context, MT_EVENT_BYTES_MAX)) {
		context->pending_addr = 0;
		tr_count_drop(MT_DROP_FULL, 1);
		return;
	}
	if (__builtin_expect(mt_addr_is_plain(addr), 1))
		tr_stream_publish(stream,
				  mt_put_alloc(&stream->state, stream->at, now, addr, size, id));
	else
		tr_stream_publish(stream, mt_put_alloc_any(&stream->state, stream->at, now, addr,
							   size, id));
	context->pending_addr = 0;
	context->n_allocations++;
}

void tr_emit_alloc(const struct tr_regs *caller, const void *p, size_t size, enum mt_api api,
		   size_t alignment)
{
	struct tr_context *context = tr_enter();

	if (!context)
		return;
	put_alloc(context, caller, p, size, api, alignment);
	tr_leave();
}

/* The stack of the release that is about to be recorded. One that finds no room
 * is left out: the release itself matters more. */
static __attribute__((noinline)) void put_free_stack(struct tr_context *context,
						     const struct tr_regs *caller)
{
	struct mt_free_stack told;
	struct mt_out out;

	walk_stack(context, caller);
	told.stack = stack_id(context, MT_API_NONE, 0);
	if (!told.stack)
		return;
	out = tr_scratch(context);
	mt_put_free_stack(&out, &told);
	tr_stream_put_scratch(context, MT_KIND_FREE_STACK, &out);
}

/* flags: MT_DELETE_PLAIN_FREE for free, else of the operator delete. */
static inline __attribute__((always_inline)) void emit_release(const struct tr_regs *caller,
							       const void *p, uint8_t flags,
							       size_t size, size_t alignment)
{
	struct tr_context *context = tr_enter();
	struct tr_stream *stream;
	uint64_t addr = (uintptr_t)p;
	uint8_t *at;

	if (!context)
		return;
	look_at_loader(context);
	if (__builtin_expect(tr.has_free_stacks, 0))
		put_free_stack(context, caller);
	stream = &context->stream;
	if (__builtin_expect(!tr_stream_room(context, MT_EVENT_BYTES_MAX), 0)) {
		tr_count_drop(MT_DROP_FULL, 1);
		tr_leave();
		return;
	}
	if (__builtin_expect(!mt_addr_is_plain(addr), 0))
		at = mt_put_free_any(&stream->state, stream->at, tr_now(), addr, flags, size,
				     log2_of(alignment));
	else if (flags == MT_DELETE_PLAIN_FREE)
		at = mt_put_free(&stream->state, stream->at, tr_now(), addr);
	else
		at = mt_put_delete(&stream->state, stream->at, tr_now(), addr, flags, size,
				   log2_of(alignment));
	tr_stream_publish(stream, at);
	linger();
	tr_leave();
}

void tr_emit_free(const struct tr_regs *caller, const void *p)
{
	emit_release(caller, p, MT_DELETE_PLAIN_FREE, 0, 0);
}

void tr_emit_delete(const struct tr_regs *caller, const void *p, uint8_t flags, size_t size,
		    size_t alignment)
{
	emit_release(caller, p, flags, size, alignment);
}

enum {
	/* What an outcome may need after its intent, so that both lie in one fill:
	 * a stack with modules nobody knows yet, and the event. */
	OUTCOME_BYTES = MT_STACK_BYTES_MAX + 16 * 1024,
};

struct tr_context *tr_emit_realloc_begin(const struct tr_regs *caller, const void *p)
{
	struct tr_context *context = tr_enter();
	struct tr_stream *stream;
	uint64_t addr = (uintptr_t)p;

	if (!context)
		return NULL;
	if (__builtin_expect(tr.has_free_stacks, 0))
		put_free_stack(context, caller);
	stream = &context->stream;
	if (!tr_stream_room(context, MT_EVENT_BYTES_MAX + OUTCOME_BYTES)) {
		tr_count_drop(MT_DROP_FULL, 2);
		tr_leave();
		return NULL;
	}
	context->is_reallocating = true;
	if (mt_addr_is_plain(addr))
		tr_stream_publish(stream,
				  mt_put_realloc(&stream->state, stream->at, tr_now(), addr));
	else
		tr_stream_publish(stream,
				  mt_put_realloc_any(&stream->state, stream->at, tr_now(), addr));
	linger();
	return context;
}

void tr_emit_realloc_end(struct tr_context *context, const struct tr_regs *caller,
			 const void *result, size_t size, enum mt_api api, bool is_freed)
{
	struct mt_realloc_end end = { is_freed };
	struct mt_out out = tr_scratch(context);

	if (result) {
		put_alloc(context, caller, result, size, api, 0);
	} else {
		mt_put_realloc_end(&out, &end);
		if (!tr_stream_put_scratch(context, MT_KIND_REALLOC_END, &out))
			tr_count_drop(MT_DROP_FULL, 1);
	}
	context->is_reallocating = false;
	tr_leave();
}
