/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel.h -- the shared file, from the program's side: getting at it once,
 * and claiming segments of it for ever.
 */
#ifndef TRACER_INSIDE_CHANNEL_H
#define TRACER_INSIDE_CHANNEL_H

#include "tracer/inside/state.h"

/* Maps the file's header and a region for this image: from the runner's
 * socket, else by path, else (preloaded by hand) a file of its own. False when
 * none can be had. Keeps no descriptor. */
bool tr_channel_open(bool is_by_hand);

/* Claims a free segment for a stream, or NULL: then there is none, and waiting,
 * if it was allowed, did not help. */
struct mt_segment_header *tr_channel_claim(uint32_t stream);
/* The same without waiting. */
struct mt_segment_header *tr_channel_claim_now(uint32_t stream);

/* The stream is done with the segment. Does nothing when the runner has taken
 * it back, as it does from threads that died. */
void tr_channel_give_back(struct mt_segment_header *segment, uint32_t stream);

/* Makes the runner look at once at what it was asked. */
void tr_channel_wake(void);

/* Counts events that could not be recorded. */
void tr_count_drop(enum mt_drop_reason reason, uint64_t n_events);

#endif
