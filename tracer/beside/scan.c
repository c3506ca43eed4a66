/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c -- how many events there are in a run of records, and who was forked.
 *
 * Where a record ends does not depend on the stream's state, only what it means
 * does; so this walks over lengths and costs 1 to 2 ns a record, a tenth of
 * compressing it. test_drain holds it against the real decoder.
 */
#include "tracer/beside/drain.h"
#include "formats/wire/status.h"

/* Steps over n numbers; NULL when they run past the end. */
static inline const uint8_t *skip(const uint8_t *at, const uint8_t *end, unsigned n)
{
	for (; n; n--) {
		while (at < end && *at & 0x80)
			at++;
		if (at++ >= end)
			return NULL;
	}
	return at;
}

static const uint8_t *skip_delete(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *flags = skip(at, end, 1);

	if (!flags || flags >= end)
		return NULL;
	return skip(flags, end, 1u + !!(*flags & MT_DELETE_SIZED) +
		    !!(*flags & MT_DELETE_ALIGNED));
}

/* The two kinds whose payload matters to the runner. */
static void look_into(struct run_scan *scan, uint64_t kind, const struct mt_text *payload)
{
	struct mt_record record = {
		.payload = (const uint8_t *)payload->bytes,
		.payload_bytes = payload->n_bytes,
	};
	struct mt_dropped dropped;
	struct mt_fork found;

	if (kind == MT_KIND_FORK && mt_get_fork(&record, &found) == MT_OK)
		scan->forks[scan->n_forks++] = found.pid;
	if (kind == MT_KIND_DROPPED && mt_get_dropped(&record, &dropped) == MT_OK)
		scan->n_dropped += dropped.n_events;
}

/* Kind, length, payload. */
static const uint8_t *skip_extended(const uint8_t *at, const uint8_t *end,
				    struct run_scan *scan)
{
	struct mt_in in = { at, end, false };
	uint64_t kind = mt_get_uleb(&in);
	struct mt_text payload = mt_get_text(&in);

	if (in.is_bad)
		return NULL;
	if (kind == MT_KIND_ALLOC_ANY || kind == MT_KIND_FREE_ANY || kind == MT_KIND_REALLOC_ANY)
		scan->n_events++;
	/* The intent was counted as the release it did not become. */
	if (kind == MT_KIND_REALLOC_END && payload.n_bytes && !payload.bytes[0])
		scan->n_events--;
	look_into(scan, kind, &payload);
	return in.at;
}

size_t run_scan(struct run_scan *scan, const uint8_t *bytes, size_t n_bytes)
{
	static const uint8_t n_operands[] = {
		[MT_OP_ALLOC_SAME] = 1, [MT_OP_ALLOC] = 3, [MT_OP_ALLOC_SIZE] = 2,
		[MT_OP_FREE] = 1, [MT_OP_DELETE_SIZED] = 2, [MT_OP_REALLOC] = 1,
	};
	const unsigned n_forks_max = sizeof(scan->forks) / sizeof(*scan->forks);
	const uint8_t *end = bytes + n_bytes;
	const uint8_t *last = bytes;

	while (last < end && scan->n_forks < n_forks_max) {
		unsigned op = *last & 7;
		const uint8_t *at = skip(last, end, 1);

		if (!at)
			break;
		if (op == MT_OP_EXTENDED)
			at = skip_extended(at, end, scan);
		else if (op == MT_OP_DELETE)
			at = skip_delete(at, end);
		else
			at = skip(at, end, n_operands[op]);
		if (!at)
			break;
		scan->n_events += op != MT_OP_EXTENDED;
		last = at;
	}
	return (size_t)(last - bytes);
}
