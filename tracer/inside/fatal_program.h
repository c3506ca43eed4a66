/* SPDX-License-Identifier: Apache-2.0 */
/* fatal_program.h -- what kind of program this is; see fatal.h. */
#ifndef TRACER_INSIDE_FATAL_PROGRAM_H
#define TRACER_INSIDE_FATAL_PROGRAM_H

#include <stdbool.h>

/* Built by Go, as its linker notes in the executable. */
bool tr_program_is_go(void);

#endif
