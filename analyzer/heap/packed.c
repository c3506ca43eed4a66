/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed.c -- the predictions and recent allocations that are not zero, and the
 * frames in use.
 */
#include "analyzer/heap/packed.h"

#include "analyzer/base/xalloc.h"

struct packed_guess {
	uint32_t at, stack, size;
};

struct packed_recent {
	uint64_t place, addr;
};

struct an_packed {
	uint64_t last_time, last_addr;
	uint32_t guess_at, n_frames, n_recent, n_recents, n_guesses;
	uint64_t frames[];           /* then the recents, then the guesses */
};

static bool is_used(const struct mt_guess *guess)
{
	return guess->stack || guess->size;
}

static struct packed_recent *recents_of(const struct an_packed *packed)
{
	return (struct packed_recent *)(void *)(packed->frames + packed->n_frames);
}

static struct packed_guess *guesses_of(const struct an_packed *packed)
{
	return (struct packed_guess *)(void *)(recents_of(packed) + packed->n_recents);
}

struct an_packed *an_packed_new(const struct mt_stream_state *state)
{
	uint32_t n_guesses = 0, n_recents = 0;
	size_t frames_bytes = state->n_frames * sizeof(state->frames[0]);
	struct an_packed *packed;
	struct packed_guess *guess;
	struct packed_recent *recent;

	for (uint32_t i = 0; i < MT_GUESSES; i++)
		n_guesses += is_used(&state->guess[i]);
	for (uint32_t i = 0; i < MT_RECENTS; i++)
		n_recents += state->recent[i] != 0;
	packed = xmalloc(sizeof(*packed) + frames_bytes + n_recents * sizeof(*recent) +
			 n_guesses * sizeof(*guess));
	packed->last_time = state->last_time;
	packed->last_addr = state->last_addr;
	packed->guess_at = state->guess_at;
	packed->n_frames = state->n_frames;
	packed->n_recent = state->n_recent;
	packed->n_recents = n_recents;
	packed->n_guesses = n_guesses;
	memcpy(packed->frames, state->frames, frames_bytes);
	recent = recents_of(packed);
	for (uint32_t i = 0; i < MT_RECENTS; i++)
		if (state->recent[i])
			*recent++ = (struct packed_recent){ i, state->recent[i] };
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
	const struct packed_recent *recent = recents_of(packed);

	/* The hints stay behind: only a writer uses them. */
	memset(state, 0, sizeof(*state));
	state->n_recent = packed->n_recent;
	state->last_time = packed->last_time;
	state->last_addr = packed->last_addr;
	state->guess_at = packed->guess_at;
	state->n_frames = packed->n_frames;
	memcpy(state->frames, packed->frames, packed->n_frames * sizeof(state->frames[0]));
	for (uint32_t i = 0; i < packed->n_recents; i++)
		state->recent[recent[i].place] = recent[i].addr;
	for (uint32_t i = 0; i < packed->n_guesses; i++)
		state->guess[guess[i].at] = (struct mt_guess){ guess[i].stack, guess[i].size };
}
