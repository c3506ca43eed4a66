/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_standing.c -- the stack of the scanning thread. The runner walks those
 * of the others: they stand still for it, this one does not.
 */
#include "tracer/inside/modules.h"
#include "tracer/inside/snapshot.h"
#include "tracer/inside/snapshot_parts.h"

#include "formats/wire/standing.h"

static uint8_t payload[MT_STANDING_BYTES_MAX];    /* one thread scans */

static void walk(struct tr_context *context, const struct mt_snapshot_thread *self,
		 bool is_interrupted)
{
	struct tr_unwind_mode mode = {
		.loader_epoch = __atomic_load_n(&tr.loader_epoch, __ATOMIC_ACQUIRE),
		.is_loader_busy = tr_loader_is_busy(),
		.is_quiet = __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED),
		.main_stack_high = tr_self->high ? 0 : tr.main_high,
		.thread_high = tr_self->high,
	};
	struct tr_regs regs = { self->pc, self->sp, self->fp };

	if (is_interrupted)
		tr_unwind_interrupted(&context->unwinder, &mode, &regs, &context->walk);
	else
		tr_unwind(&context->unwinder, &mode, &regs, &context->walk);
}

void tr_shot_put_standing(struct tr_context *context, const struct mt_snapshot_thread *self,
			  uint32_t number, const struct tr_end_signal *signal)
{
	struct mt_out out = { payload, payload + sizeof(payload), false };
	const struct tr_walk *found = &context->walk;
	struct mt_standing standing = { .number = number, .tid = self->tid };

	walk(context, self, signal != NULL);
	standing.stack = (struct mt_stack){
		.generation = __atomic_load_n(&tr.unload_generation, __ATOMIC_ACQUIRE),
		.end = found->end, .n_omitted = found->n_omitted, .n_frames = found->n_frames,
		.frames = found->frames,
	};
	memcpy(standing.stack.is_exact, found->is_exact, sizeof(found->is_exact));
	if (signal) {
		standing.signal = (uint8_t)signal->number;
		standing.code = signal->code;
		standing.address = signal->address;
	}
	tr_modules_describe(context, found->frames, found->n_frames);
	mt_put_standing(&out, &standing);
	if (!out.is_full)
		tr_stream_put(context, MT_KIND_STANDING, payload, (size_t)(out.at - payload));
}
