/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c -- how many events there are in a run of records, and the few records
 * that the runner itself must know.
 *
 * Where a record ends does not depend on the stream's state, only what it means
 * does; so this walks over lengths and costs 1 to 2 ns a record, a tenth of
 * compressing it. test_drain holds it against the real decoder.
 */
#include "tracer/beside/drain.h"

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

struct scan {
	const uint8_t *end;
	uint64_t n_events;
	void (*found)(void *context, const struct mt_record *record);
	void *context;
};

/* Kind, length, payload. */
static const uint8_t *scan_extended(struct scan *scan, const uint8_t *at)
{
	struct mt_in in = { at, scan->end, false };
	uint64_t kind = mt_get_uleb(&in);
	struct mt_text payload = mt_get_text(&in);
	struct mt_record record = {
		.op = MT_OP_EXTENDED,
		.kind = (uint32_t)kind,
		.payload = (const uint8_t *)payload.bytes,
		.payload_bytes = payload.n_bytes,
	};

	if (in.is_bad)
		return NULL;
	if (kind == MT_KIND_ALLOC_ANY || kind == MT_KIND_FREE_ANY || kind == MT_KIND_REALLOC_ANY)
		scan->n_events++;
	/* The intent was counted as the release it did not become. */
	if (kind == MT_KIND_REALLOC_END && payload.n_bytes && !payload.bytes[0])
		scan->n_events--;
	if (kind == MT_KIND_FORK || kind == MT_KIND_EXEC || kind == MT_KIND_EXEC_FAILED ||
	    kind == MT_KIND_DROPPED)
		scan->found(scan->context, &record);
	return in.at;
}

uint64_t run_scan(const uint8_t *bytes, size_t n_bytes,
		  void (*found)(void *context, const struct mt_record *record), void *context)
{
	static const uint8_t n_operands[] = {
		[MT_OP_ALLOC_SAME] = 1, [MT_OP_ALLOC] = 3, [MT_OP_ALLOC_SIZE] = 2,
		[MT_OP_FREE] = 1, [MT_OP_DELETE_SIZED] = 2, [MT_OP_REALLOC] = 1,
	};
	struct scan scan = { bytes + n_bytes, 0, found, context };
	const uint8_t *at = bytes;

	while (at && at < scan.end) {
		unsigned op = *at & 7;

		at = skip(at, scan.end, 1);
		if (!at)
			break;
		if (op == MT_OP_EXTENDED) {
			at = scan_extended(&scan, at);
			continue;
		}
		at = op == MT_OP_DELETE ? skip_delete(at, scan.end) :
			skip(at, scan.end, n_operands[op]);
		scan.n_events += at != NULL;
	}
	return scan.n_events;
}
