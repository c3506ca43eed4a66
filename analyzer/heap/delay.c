/* SPDX-License-Identifier: Apache-2.0 */
/*
 * delay.c -- things to do two epochs from now, first in, first out.
 */
#include "analyzer/heap/replay.h"

#include <string.h>

void an_delay(struct an_delays *delays, uint64_t epoch, struct an_process_state *process,
	      uint64_t value)
{
	struct an_delayed delayed = { epoch, process, value };

	if (delays->first > 64 && delays->first > delays->items.n / 2) {
		delays->items.n -= delays->first;
		memmove(delays->items.at, delays->items.at + delays->first,
			delays->items.n * sizeof(*delays->items.at));
		delays->first = 0;
	}
	*VEC_PUSH(&delays->items) = delayed;
}

bool an_delay_next(struct an_delays *delays, uint64_t epoch, struct an_delayed *delayed)
{
	if (delays->first == delays->items.n)
		return false;
	*delayed = delays->items.at[delays->first];
	if (epoch < 2 || delayed->epoch > epoch - 2)
		return false;
	delays->first++;
	return true;
}
