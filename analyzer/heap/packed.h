/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed.h -- a stream's decoding state while nothing of it is decoded. A
 * state is 11 KiB, mostly zero for a thread that did little; a program may have
 * had a million such threads. Only analyzer/heap includes this.
 */
#ifndef ANALYZER_HEAP_PACKED_H
#define ANALYZER_HEAP_PACKED_H

#include "formats/wire/event.h"

struct an_packed;

/* To be freed with free(). */
struct an_packed *an_packed_new(const struct mt_stream_state *state);
void an_packed_restore(const struct an_packed *packed, struct mt_stream_state *state);

#endif
