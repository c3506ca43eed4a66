/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stack.c -- the payloads that carry frames.
 *
 * A definition keeps the frames it has in common with the one before it in the
 * same fill, counted from the root, and writes the rest as differences, from
 * the outermost new frame inwards:
 *
 *   before   [ malloc_a  parse     read  |  main  _start ]     innermost first
 *   now      [ malloc_b  evaluate  .     |  main  _start ]     kept: 2
 *                                     ^ the first difference is to the old frame
 * at the same depth: the same function, one call site further, as a rule. The
 * next are each to the frame outside of it.
 */
#include "formats/wire/payload.h"

/* Of the byte that holds the api. */
enum {
	STACK_API_MASK = 0x3f,
	STACK_IS_RARE = 0x40,    /* align_log2, end, n_omitted, n_guessed_from follow */
	STACK_HAS_EXACT = 0x80,  /* a count and the indexes of exact frames follow */

	/* state->n_frames after a definition that did not decode: what comes after it
	 * in the fill builds on it and must not decode either. */
	STACK_LOST = UINT32_MAX,
};

static uint32_t count_kept(const struct mt_stream_state *state, const struct mt_stack *stack)
{
	const uint64_t *old_end = state->frames + state->n_frames;
	const uint64_t *end = stack->frames + stack->n_frames;
	uint32_t most = stack->n_frames < state->n_frames ? stack->n_frames : state->n_frames;
	uint32_t n = 0;

	while (n < most && old_end[-1 - (int)n] == end[-1 - (int)n])
		n++;
	return n;
}

/* What the outermost new frame is written as a difference to. */
static uint64_t first_base(const struct mt_stream_state *state, uint32_t n_kept)
{
	if (n_kept < state->n_frames)
		return state->frames[state->n_frames - 1 - n_kept];
	return n_kept ? state->frames[state->n_frames - n_kept] : 0;
}

static uint32_t count_exact(const struct mt_stack *stack)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < stack->n_frames; i++)
		n += stack->is_exact[i / 64] >> (i % 64) & 1;
	return n;
}

static void put_exact(struct mt_out *out, const struct mt_stack *stack, uint32_t n_exact)
{
	mt_put_uleb(out, n_exact);
	for (uint32_t i = 0; i < stack->n_frames; i++)
		if (stack->is_exact[i / 64] >> (i % 64) & 1)
			mt_put_uleb(out, i);
}

void mt_put_stack(struct mt_stream_state *state, struct mt_out *out, const struct mt_stack *stack)
{
	uint32_t n_kept = count_kept(state, stack);
	uint32_t n_new = stack->n_frames - n_kept;
	uint64_t base = first_base(state, n_kept);
	uint32_t n_exact = count_exact(stack);
	bool is_rare = stack->align_log2 || stack->end || stack->n_omitted ||
		       stack->n_guessed_from != MT_STACK_FRAMES_MAX;

	mt_put_uleb(out, stack->id);
	mt_put_u8(out, (uint8_t)((stack->api & STACK_API_MASK) | (is_rare ? STACK_IS_RARE : 0) |
				 (n_exact ? STACK_HAS_EXACT : 0)));
	mt_put_uleb(out, stack->generation);
	if (is_rare) {
		mt_put_u8(out, stack->align_log2);
		mt_put_u8(out, stack->end);
		mt_put_uleb(out, stack->n_omitted);
		mt_put_uleb(out, stack->n_guessed_from);
	}
	mt_put_uleb(out, n_kept);
	mt_put_uleb(out, n_new);
	for (uint32_t i = n_new; i-- > 0;) {
		mt_put_uleb(out, mt_zigzag((int64_t)(stack->frames[i] - base)));
		base = stack->frames[i];
	}
	if (n_exact)
		put_exact(out, stack, n_exact);
	if (out->is_full)
		return;
	state->n_frames = stack->n_frames;
	memcpy(state->frames, stack->frames, stack->n_frames * sizeof(*stack->frames));
}

static void get_frames(struct mt_stream_state *state, struct mt_in *in, struct mt_stack *stack)
{
	uint32_t n_kept = (uint32_t)mt_get_up_to(in, state->n_frames);
	uint32_t n_new = (uint32_t)mt_get_up_to(in, MT_STACK_FRAMES_MAX - n_kept);
	uint64_t base = first_base(state, n_kept);

	if (in->is_bad)
		return;
	memmove(state->frames + n_new, state->frames + state->n_frames - n_kept,
		n_kept * sizeof(*state->frames));
	for (uint32_t i = n_new; i-- > 0;) {
		base += (uint64_t)mt_unzigzag(mt_get_uleb(in));
		state->frames[i] = base;
	}
	state->n_frames = n_kept + n_new;
	stack->n_frames = state->n_frames;
	stack->frames = state->frames;
}

static void get_rare(struct mt_in *in, struct mt_stack *stack)
{
	stack->align_log2 = mt_get_u8(in);
	stack->end = mt_get_u8(in);
	stack->n_omitted = mt_get_u32(in);
	stack->n_guessed_from = (uint32_t)mt_get_up_to(in, MT_STACK_FRAMES_MAX);
}

static void get_exact(struct mt_in *in, struct mt_stack *stack)
{
	uint64_t n_exact = mt_get_up_to(in, stack->n_frames);

	for (uint64_t n = 0; n < n_exact && !in->is_bad; n++) {
		uint64_t i = mt_get_uleb(in);

		if (i < stack->n_frames)
			stack->is_exact[i / 64] |= UINT64_C(1) << (i % 64);
		else
			in->is_bad = true;
	}
}

int mt_get_stack(struct mt_stream_state *state, const struct mt_record *record,
		 struct mt_stack *stack)
{
	struct mt_in in = mt_payload_in(record);
	uint8_t what;

	memset(stack, 0, sizeof(*stack));
	stack->n_guessed_from = MT_STACK_FRAMES_MAX;
	if (state->n_frames > MT_STACK_FRAMES_MAX)
		return MT_ERR_RECORD;
	stack->id = mt_get_u32(&in);
	what = mt_get_u8(&in);
	stack->api = what & STACK_API_MASK;
	stack->generation = mt_get_u32(&in);
	if (what & STACK_IS_RARE)
		get_rare(&in, stack);
	get_frames(state, &in, stack);
	if (what & STACK_HAS_EXACT)
		get_exact(&in, stack);
	if (stack->id == 0 || (stack->n_omitted && stack->n_frames <= MT_STACK_FRAMES_LEAF))
		in.is_bad = true;
	if (in.is_bad)
		state->n_frames = STACK_LOST;
	return mt_payload_status(&in);
}

static void put_addresses(struct mt_out *out, const uint64_t *frames, uint64_t n_frames)
{
	uint64_t base = 0;

	mt_put_uleb(out, n_frames);
	for (uint64_t i = 0; i < n_frames; i++) {
		mt_put_uleb(out, mt_zigzag((int64_t)(frames[i] - base)));
		base = frames[i];
	}
}

static uint64_t get_addresses(struct mt_in *in, uint64_t *frames)
{
	uint64_t n_frames = mt_get_up_to(in, MT_STACK_FRAMES_MAX);
	uint64_t base = 0;

	for (uint64_t i = 0; i < n_frames && !in->is_bad; i++) {
		base += (uint64_t)mt_unzigzag(mt_get_uleb(in));
		frames[i] = base;
	}
	return n_frames;
}

void mt_put_stack_differs(struct mt_out *out, const struct mt_stack_differs *differs)
{
	put_addresses(out, differs->ours, differs->n_ours);
	put_addresses(out, differs->theirs, differs->n_theirs);
}

int mt_get_stack_differs(const struct mt_record *record, struct mt_stack_differs *differs)
{
	struct mt_in in = mt_payload_in(record);

	differs->n_ours = get_addresses(&in, differs->ours);
	differs->n_theirs = get_addresses(&in, differs->theirs);
	return mt_payload_status(&in);
}

const char *mt_api_name(uint32_t api)
{
	static const char *const names[MT_N_APIS] = {
		[MT_API_NONE] = "?",
		[MT_API_MALLOC] = "malloc",
		[MT_API_CALLOC] = "calloc",
		[MT_API_REALLOC] = "realloc",
		[MT_API_REALLOCARRAY] = "reallocarray",
		[MT_API_POSIX_MEMALIGN] = "posix_memalign",
		[MT_API_ALIGNED_ALLOC] = "aligned_alloc",
		[MT_API_MEMALIGN] = "memalign",
		[MT_API_VALLOC] = "valloc",
		[MT_API_PVALLOC] = "pvalloc",
		[MT_API_NEW] = "operator new",
		[MT_API_NEW_ARRAY] = "operator new[]",
		[MT_API_NEW_NOTHROW] = "operator new(nothrow)",
		[MT_API_NEW_ARRAY_NOTHROW] = "operator new[](nothrow)",
		[MT_API_NEW_ALIGNED] = "operator new(align)",
		[MT_API_NEW_ARRAY_ALIGNED] = "operator new[](align)",
		[MT_API_NEW_ALIGNED_NOTHROW] = "operator new(align, nothrow)",
		[MT_API_NEW_ARRAY_ALIGNED_NOTHROW] = "operator new[](align, nothrow)",
	};

	return api < MT_N_APIS ? names[api] : "?";
}
