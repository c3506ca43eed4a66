/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c -- see verify.h. */
#include "tracer/inside/verify.h"

#include "tracer/inside/real.h"
#include "tracer/inside/stream.h"

enum { ORACLE_FRAMES = 4096 };

/* What the oracle says, from the hook's caller on. */
static uint32_t ask_oracle(uintptr_t *frames, const struct tr_regs *caller)
{
	int n;

	tr_inside = (uintptr_t)__builtin_frame_address(0);
	n = tr_real.tr_oracle_walk(frames, ORACLE_FRAMES);
	tr_inside = 0;
	for (int i = 0; i < n; i++)
		if (frames[i] == caller->pc) {
			memmove(frames, frames + i, (size_t)(n - i) * sizeof(*frames));
			return (uint32_t)(n - i);
		}
	return 0;
}

/* Cuts a long stack in its middle as the walk does. */
static uint32_t cut_middle(uintptr_t *frames, uint32_t n)
{
	if (n <= MT_STACK_FRAMES_MAX)
		return n;
	memmove(frames + MT_STACK_FRAMES_LEAF, frames + n - MT_STACK_FRAMES_ROOT,
		MT_STACK_FRAMES_ROOT * sizeof(*frames));
	return MT_STACK_FRAMES_MAX;
}

static bool is_equal(const struct tr_walk *walk, const uintptr_t *frames, uint32_t n)
{
	if (walk->n_frames != n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (walk->frames[i] != frames[i])
			return false;
	return true;
}

static void put_differs(struct tr_context *context, const uintptr_t *frames, uint32_t n)
{
	static struct mt_stack_differs differs;    /* too big for a stack; the payload of a */
	static uint8_t payload[MT_STACK_DIFFERS_BYTES_MAX];   /* verification run, which is */
	static uint32_t is_taken;                  /* slow anyway: one thread at a time */
	struct mt_out out = { payload, payload + sizeof(payload), false };

	if (__atomic_exchange_n(&is_taken, 1, __ATOMIC_ACQUIRE))
		return;
	differs.n_ours = context->walk.n_frames;
	differs.n_theirs = n;
	memcpy(differs.ours, context->walk.frames, differs.n_ours * sizeof(uint64_t));
	memcpy(differs.theirs, frames, n * sizeof(uint64_t));
	mt_put_stack_differs(&out, &differs);
	if (!out.is_full)
		tr_stream_put(context, MT_KIND_STACK_DIFFERS, payload, (size_t)(out.at - payload));
	__atomic_store_n(&is_taken, 0, __ATOMIC_RELEASE);
}

static void use_oracle(struct tr_walk *walk, const uintptr_t *frames, uint32_t n, uint32_t n_all)
{
	memcpy(walk->frames, frames, n * sizeof(*frames));
	memset(walk->is_exact, 0, sizeof(walk->is_exact));
	walk->n_frames = n;
	walk->n_omitted = n_all - n;
	walk->n_guessed_from = MT_STACK_FRAMES_MAX;
	walk->end = MT_STACK_ROOT;
}

void tr_verify(struct tr_context *context, const struct tr_regs *caller)
{
	uintptr_t *frames = tr_self->oracle_frames[tr_depth - 1];
	uint32_t n_all, n;

	if (!tr_real.tr_oracle_walk)
		return;
	n_all = ask_oracle(frames, caller);
	n = cut_middle(frames, n_all);
	if (!n)
		return;
	if (is_equal(&context->walk, frames, n)) {
		__atomic_fetch_add(&tr.live->n_verified_equal, 1, __ATOMIC_RELAXED);
	} else {
		__atomic_fetch_add(&tr.live->n_verified_different, 1, __ATOMIC_RELAXED);
		if (tr.is_verifying)
			put_differs(context, frames, n);
	}
	if (tr.is_oracle)
		use_oracle(&context->walk, frames, n, n_all);
}
