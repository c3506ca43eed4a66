/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed.c -- the predictions that are not zero, and the frames in use.
 */
#include "analyzer/heap/packed.h"

#include "analyzer/base/xalloc.h"

struct packed_guess {
	uint32_t at, stack, size;
};

struct an_packed {
	uint64_t last_time, last_addr;
	uint32_t guess_at, n_frames, n_guesses;
	uint64_t frames[];           /* then the guesses */
};

static bool is_used(const struct mt_guess *guess)
{
	return guess->stack || guess->size;
}

static struct packed_guess *guesses_of(const struct an_packed *packed)
{
	return (struct packed_guess *)(void *)(packed->frames + packed->n_frames);
}

struct an_packed *an_packed_new(const struct mt_stream_state *state)
{
	uint32_t n_guesses = 0;
	size_t frames_bytes = state->n_frames * sizeof(state->frames[0]);
	struct an_packed *packed;
	struct packed_guess *guess;

	for (uint32_t i = 0; i < MT_GUESSES; i++)
		n_guesses += is_used(&state->guess[i]);
	packed = xmalloc(sizeof(*packed) + frames_bytes + n_guesses * sizeof(*guess));
	packed->last_time = state->last_time;
	packed->last_addr = state->last_addr;
	packed->guess_at = state->guess_at;
	packed->n_frames = state->n_frames;
	packed->n_guesses = n_guesses;
	memcpy(packed->frames, state->frames, frames_bytes);
	guess = guesses_of(packed);
	for (uint32_t i = 0; i < MT_GUESSES; i++)
		if (is_used(&state->guess[i]))
			*guess++ = (struct packed_guess){ i, state->guess[i].stack,
							  state->guess[i].size };
	return packed;
}

void an_packed_restore(const struct an_packed *packed, struct mt_stream_state *state)
{
	const struct packed_guess *guess = guesses_of(packed);

	memset(state, 0, sizeof(*state));
	state->last_time = packed->last_time;
	state->last_addr = packed->last_addr;
	state->guess_at = packed->guess_at;
	state->n_frames = packed->n_frames;
	memcpy(state->frames, packed->frames, packed->n_frames * sizeof(state->frames[0]));
	for (uint32_t i = 0; i < packed->n_guesses; i++)
		state->guess[guess[i].at] = (struct mt_guess){ guess[i].stack, guess[i].size };
}
