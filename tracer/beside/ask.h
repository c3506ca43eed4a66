/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask.h -- from outside of a run: asks its runner for a snapshot of one of its
 * processes, through the shared file that this process has mapped.
 */
#ifndef TRACER_BESIDE_ASK_H
#define TRACER_BESIDE_ASK_H

#include "formats/wire/live.h"

#include <stdbool.h>
#include <stddef.h>

/* Waits until the snapshot is written: true, and *answer tells of it; false: message
 * says to a person why there is none. */
bool run_ask_snapshot(uint64_t pid, const char *label, struct mt_request *answer, char *message,
		      size_t room);

#endif
