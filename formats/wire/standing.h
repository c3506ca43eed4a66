/* SPDX-License-Identifier: Apache-2.0 */
/*
 * standing.h -- where a thread stood when a snapshot was taken: MT_KIND_STANDING
 * for the scanning thread, whose stack the library walks itself, and
 * MT_META_STANDING for the others, whose stacks the runner walks from outside.
 */
#ifndef FORMATS_WIRE_STANDING_H
#define FORMATS_WIRE_STANDING_H

#include "formats/wire/record.h"

struct mt_standing {
	uint32_t number;         /* of the snapshot in its process */
	uint64_t tid;
	uint8_t signal;          /* that ended the process here, or 0 */
	int32_t code;            /* with a signal: si_code */
	uint64_t address;        /* with a fault: si_addr */
	struct mt_stack stack;   /* id and api are 0; nothing is guessed */
};

enum { MT_STANDING_BYTES_MAX = 96 + MT_STACK_BYTES_MAX };

void mt_put_standing(struct mt_out *out, const struct mt_standing *standing);
/* Decodes to the end of in. standing->stack.frames will be frames, which has
 * room for MT_STACK_FRAMES_MAX. */
int mt_get_standing(struct mt_in *in, struct mt_standing *standing, uint64_t *frames);

/* MT_META_STANDING. process: id in the trace. */
void mt_put_meta_standing(struct mt_out *out, uint32_t process,
			  const struct mt_standing *standing);
int mt_get_meta_standing(struct mt_in *in, uint32_t *process, struct mt_standing *standing,
			 uint64_t *frames);

#endif
