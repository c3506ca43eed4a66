/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h -- libunwind, looking at a copy of a thread. */
#ifndef TRACER_BESIDE_WALK_H
#define TRACER_BESIDE_WALK_H

#include "formats/wire/record.h"
#include "tracer/beside/space.h"

#include <sys/user.h>

/* A thread that stood still, copied. */
struct run_body {
	pid_t tid;
	struct user_regs_struct registers;
	uint64_t stack_at;
	size_t n_stack;
	uint8_t *stack;              /* from malloc, or NULL */
};

struct run_walk {
	uint8_t end;                 /* enum mt_stack_end */
	uint32_t n_omitted, n_frames;
	uint64_t is_exact[MT_STACK_FRAMES_MAX / 64];
	uint64_t frames[MT_STACK_FRAMES_MAX];   /* innermost first */
};

/* At least one frame. */
void run_walk(struct run_space *space, const struct run_body *body, struct run_walk *walk);

#endif
