/* SPDX-License-Identifier: Apache-2.0 */
/* standing.c -- see standing.h. Frames as differences, the innermost first. */
#include "formats/wire/standing.h"
#include "formats/wire/payload.h"

static bool is_exact(const struct mt_stack *stack, uint32_t i)
{
	return stack->is_exact[i / 64] >> (i % 64) & 1;
}

void mt_put_standing(struct mt_out *out, const struct mt_standing *standing)
{
	const struct mt_stack *stack = &standing->stack;
	uint64_t base = 0;
	uint32_t n_exact = 0;

	mt_put_uleb(out, standing->number);
	mt_put_uleb(out, standing->tid);
	mt_put_u8(out, standing->signal);
	mt_put_uleb(out, mt_zigzag(standing->code));
	mt_put_uleb(out, standing->address);
	mt_put_uleb(out, stack->generation);
	mt_put_u8(out, stack->end);
	mt_put_uleb(out, stack->n_omitted);
	mt_put_uleb(out, stack->n_frames);
	for (uint32_t i = 0; i < stack->n_frames; i++) {
		mt_put_uleb(out, mt_zigzag((int64_t)(stack->frames[i] - base)));
		base = stack->frames[i];
		n_exact += is_exact(stack, i);
	}
	mt_put_uleb(out, n_exact);
	for (uint32_t i = 0; i < stack->n_frames; i++)
		if (is_exact(stack, i))
			mt_put_uleb(out, i);
}

static void get_frames(struct mt_in *in, struct mt_stack *stack, uint64_t *frames)
{
	uint64_t base = 0, n_exact;

	stack->n_frames = (uint32_t)mt_get_up_to(in, MT_STACK_FRAMES_MAX);
	stack->frames = frames;
	for (uint32_t i = 0; i < stack->n_frames && !in->is_bad; i++) {
		base += (uint64_t)mt_unzigzag(mt_get_uleb(in));
		frames[i] = base;
	}
	n_exact = mt_get_up_to(in, stack->n_frames);
	for (uint64_t n = 0; n < n_exact && !in->is_bad; n++) {
		uint64_t i = mt_get_uleb(in);

		if (i < stack->n_frames)
			stack->is_exact[i / 64] |= UINT64_C(1) << (i % 64);
		else
			in->is_bad = true;
	}
}

int mt_get_standing(struct mt_in *in, struct mt_standing *standing, uint64_t *frames)
{
	struct mt_stack *stack = &standing->stack;
	int64_t code;

	memset(standing, 0, sizeof(*standing));
	stack->n_guessed_from = MT_STACK_FRAMES_MAX;
	standing->number = mt_get_u32(in);
	standing->tid = mt_get_uleb(in);
	standing->signal = mt_get_u8(in);
	code = mt_unzigzag(mt_get_uleb(in));
	standing->code = (int32_t)code;
	standing->address = mt_get_uleb(in);
	stack->generation = mt_get_u32(in);
	stack->end = mt_get_u8(in);
	stack->n_omitted = mt_get_u32(in);
	get_frames(in, stack, frames);
	if (code != standing->code)
		in->is_bad = true;
	return mt_payload_status(in);
}

void mt_put_meta_standing(struct mt_out *out, uint32_t process,
			  const struct mt_standing *standing)
{
	mt_put_uleb(out, process);
	mt_put_standing(out, standing);
}

int mt_get_meta_standing(struct mt_in *in, uint32_t *process, struct mt_standing *standing,
			 uint64_t *frames)
{
	*process = mt_get_u32(in);
	return mt_get_standing(in, standing, frames);
}
