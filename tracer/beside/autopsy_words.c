/* SPDX-License-Identifier: Apache-2.0 */
/* autopsy_words.c -- the words whose low 48 bits lie in memory that may hold
 * allocations, range by range; as tracer/inside/snapshot_words.c has it. */
#include "tracer/beside/autopsy.h"

#include <stdlib.h>
#include <string.h>

enum { COPY_BYTES = 256 << 10, NAME_BYTES_MAX = 4096 };

static const uint64_t address_bits = (UINT64_C(1) << 48) - 1;
static const uint64_t bytes_max = UINT64_C(1) << 42;

struct target {
	uint64_t start, end;         /* end is one past a pointer to the end of it */
};

struct writer {
	struct run_autopsy *autopsy;
	run_put_fn *put;
	void *context;
	struct target *targets;
	size_t n_targets;
	struct mt_snapshot_words words;
	uint32_t range;
	uint8_t *at;                 /* NULL: no record is open */
	uint8_t payload[MT_SNAPSHOT_WORDS_BYTES];
	uint64_t copy[COPY_BYTES / 8];
};

static bool is_target(const struct run_autopsy *autopsy, const struct run_piece_of *piece)
{
	return autopsy->is_other_malloc || piece->kind == MT_RANGE_HEAP ||
	       piece->kind == MT_RANGE_ANONYMOUS || piece->kind == MT_RANGE_TLS;
}

static bool find_targets(struct writer *writer)
{
	const struct run_autopsy *autopsy = writer->autopsy;

	writer->targets = calloc(autopsy->n_pieces + 1, sizeof(*writer->targets));
	for (size_t i = 0; writer->targets && i < autopsy->n_pieces; i++)
		if (is_target(autopsy, &autopsy->pieces[i]))
			writer->targets[writer->n_targets++] = (struct target){
				autopsy->pieces[i].start, autopsy->pieces[i].end + 1 };
	return writer->targets != NULL;
}

static bool is_in_target(const struct writer *writer, uint64_t address)
{
	size_t low = 0, high = writer->n_targets;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (writer->targets[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < writer->n_targets && address >= writer->targets[low].start;
}

static void flush(struct writer *writer)
{
	if (writer->at)
		writer->put(writer->context, MT_KIND_SNAPSHOT_WORDS, writer->payload,
			    (size_t)(writer->at - writer->payload));
	writer->at = NULL;
}

static void put_word(struct writer *writer, uint64_t slot, uint64_t value)
{
	if (writer->at && writer->at + MT_SNAPSHOT_WORD_BYTES_MAX >
			  writer->payload + sizeof(writer->payload))
		flush(writer);
	if (!writer->at)
		writer->at = mt_put_snapshot_words(&writer->words, writer->payload, writer->range,
						   slot);
	writer->at = mt_put_snapshot_word(&writer->words, writer->at, slot, value);
	writer->autopsy->n_words++;
}

/* False: it could not be read. */
static bool scan_copy(struct writer *writer, uint64_t at, uint64_t n)
{
	if (!run_autopsy_read(writer->autopsy, at, writer->copy, n))
		return false;
	for (uint64_t i = 0; i < n / 8; i++) {
		uint64_t value = writer->copy[i];

		if (value && is_in_target(writer, value & address_bits))
			put_word(writer, at + 8 * i, value);
	}
	return true;
}

/* What is in the way is one page of it, or all. */
static bool scan_pages(struct writer *writer, uint64_t at, uint64_t end)
{
	bool is_whole = true;

	while (at < end) {
		uint64_t n = end - at < COPY_BYTES ? end - at : COPY_BYTES;

		if (scan_copy(writer, at, n)) {
			at += n;
			continue;
		}
		for (uint64_t page; n; at += page, n -= page) {
			page = n < RUN_SPACE_PAGE ? n : RUN_SPACE_PAGE;
			is_whole &= scan_copy(writer, at, page);
		}
	}
	return is_whole;
}

static bool scan_piece(struct writer *writer, const struct run_piece_of *piece)
{
	uint64_t at = (piece->start + 7) & ~UINT64_C(7), end;
	bool is_whole = true;

	for (; (end = run_autopsy_pages(writer->autopsy, &at, piece->end & ~UINT64_C(7)));
	     at = end) {
		is_whole &= scan_pages(writer, at, end);
		writer->autopsy->scanned_bytes += end - at;
	}
	flush(writer);
	return is_whole;
}

static void put_range(struct writer *writer, const struct run_piece_of *piece, uint8_t flags)
{
	uint8_t payload[NAME_BYTES_MAX + 128];
	struct mt_out out = { payload, payload + sizeof(payload), false };
	struct mt_snapshot_range range = {
		.number = writer->range, .kind = piece->kind, .flags = flags,
		.start = piece->start, .end = piece->end, .tid = piece->tid,
		.name = { piece->name, strnlen(piece->name, NAME_BYTES_MAX) },
	};

	mt_put_snapshot_range(&out, &range);
	writer->put(writer->context, MT_KIND_SNAPSHOT_RANGE, payload,
		    (size_t)(out.at - payload));
}

void run_autopsy_scan(struct run_autopsy *autopsy, run_put_fn *put, void *context)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer || (writer->autopsy = autopsy, !find_targets(writer))) {
		autopsy->reason = "no-memory";
		free(writer);
		return;
	}
	writer->put = put;
	writer->context = context;
	for (size_t i = 0; i < autopsy->n_pieces; i++) {
		const struct run_piece_of *piece = &autopsy->pieces[i];
		bool is_huge = piece->end - piece->start > bytes_max;

		writer->range = (uint32_t)i + 1;
		put_range(writer, piece, is_huge ? piece->flags | MT_RANGE_UNREADABLE
						 : piece->flags);
		if (!is_huge && !scan_piece(writer, piece))
			put_range(writer, piece, piece->flags | MT_RANGE_UNREADABLE);
	}
	free(writer->targets);
	free(writer);
}
