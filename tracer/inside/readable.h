/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readable.h -- may this page be read? Asked of the kernel, which answers
 * instead of faulting.
 */
#ifndef TRACER_INSIDE_READABLE_H
#define TRACER_INSIDE_READABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Can the page that address lies in be read now? One system call; leaves errno,
 * the signal mask and the descriptors alone. */
bool tr_page_is_readable(uintptr_t address);

#endif
