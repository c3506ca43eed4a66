/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot_words.c -- finds the words whose low 48 bits lie in memory that may
 * hold allocations. The upper bits are left to the program: some keep a tag
 * there, and what is meant is for the analyzer to say. Addresses of vtables are
 * told, too (snapshot_plain.c).
 *
 * The first test is one bit per 2 MiB of address, in a table that 128 GiB share:
 * almost every word that is no pointer ends there.
 */
#include "tracer/inside/real.h"
#include "tracer/inside/snapshot_parts.h"
#include "tracer/inside/sys.h"

enum {
	TARGET_SHIFT = 21,
	TARGET_BITS = 1 << 16,
	COPY_BYTES = 64 << 10,
	VTABLES = 1024,
	KERNEL_NAME_BYTES = 32,
};
static const uint64_t address_bits = (UINT64_C(1) << 48) - 1;
static const uint64_t bytes_max = UINT64_C(1) << 42;    /* of a piece whose pages are listed */

struct target {
	uintptr_t start, end;
	bool is_zone;            /* of vtables, not of allocations */
};

/* Words of one kind on their way into a record. */
struct lane {
	uint32_t kind;
	uint8_t *payload;
	struct mt_snapshot_words words;
	uint8_t *at;             /* NULL: no record is open */
};

struct writer {
	struct tr_shot *shot;
	struct tr_context *context;
	struct lane pointers, plain;
	uint32_t range;
	bool has_plain;          /* of this piece, words may say what an allocation is */
	bool has_counts;         /* and pointers in it lead to some that do */
	uint64_t next_slot;      /* of a value that the kernel keeps */
	char name[KERNEL_NAME_BYTES];   /* where the last of these was; "": nowhere yet */
};

static struct target targets[TR_PIECES_MAX + TR_ZONES_MAX];
static uint32_t n_targets;
static uint64_t vtables[VTABLES];       /* seen last, by a few bits of the address */
static uintptr_t gap_start, gap_end;    /* between targets: the last word without one */
static uint64_t target_bits[TARGET_BITS / 64];
static uint8_t payload[MT_SNAPSHOT_WORDS_BYTES], plain_payload[MT_SNAPSHOT_WORDS_BYTES];
static uint8_t copy[COPY_BYTES] __attribute__((aligned(64)));

static bool is_block_memory(const struct tr_piece *piece)
{
	return piece->kind == MT_RANGE_HEAP || piece->kind == MT_RANGE_ANONYMOUS;
}

static bool is_target(const struct tr_piece *piece)
{
	return !tr_real.is_libc_malloc || is_block_memory(piece) || piece->kind == MT_RANGE_TLS;
}

static void set_bits(uintptr_t start, uintptr_t end)
{
	uint64_t first = start >> TARGET_SHIFT, n = (end >> TARGET_SHIFT) - first + 1;

	for (uint64_t i = 0; i < n && i < TARGET_BITS; i++) {
		uint64_t bit = (first + i) % TARGET_BITS;

		target_bits[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

/* Among the targets, which are sorted. */
static void add_zone(uintptr_t start, uintptr_t end)
{
	uint32_t at = n_targets++;

	for (; at && targets[at - 1].start > start; at--)
		targets[at] = targets[at - 1];
	targets[at] = (struct target){ start, end, true };
	set_bits(start, end - 1);
}

/* A pointer to the end of the last allocation counts: one byte more than there is. */
static void find_targets(const struct tr_shot *shot, uint32_t n_zones)
{
	n_targets = 0;
	gap_start = gap_end = 0;
	memset(vtables, 0, sizeof(vtables));
	memset(target_bits, 0, sizeof(target_bits));
	for (uint32_t i = 0; i < shot->n_pieces; i++) {
		const struct tr_piece *piece = &shot->pieces[i];

		if (!is_target(piece))
			continue;
		if (n_targets && targets[n_targets - 1].end == piece->start + 1)
			targets[n_targets - 1].end = piece->end + 1;
		else
			targets[n_targets++] = (struct target){ piece->start, piece->end + 1,
								false };
		set_bits(piece->start, piece->end);
	}
	for (uint32_t i = 0; i < n_zones; i++) {
		uintptr_t start, end;

		tr_plain_zone(i, &start, &end);
		add_zone(start, end);
	}
}

/* Where an address points to, or NULL. Most words lie where the last one did. */
static const struct target *find_target(uintptr_t address)
{
	static uint32_t last;
	uint32_t low = 0, high = n_targets;

	if (last < n_targets && address >= targets[last].start && address < targets[last].end)
		return &targets[last];
	if (address >= gap_start && address < gap_end)
		return NULL;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (targets[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < n_targets && address >= targets[low].start) {
		last = low;
		return &targets[low];
	}
	gap_start = low ? targets[low - 1].end : 0;
	gap_end = low < n_targets ? targets[low].start : UINTPTR_MAX;
	return NULL;
}

static void flush(struct writer *writer, struct lane *lane)
{
	if (lane->at && !tr_stream_put(writer->context, lane->kind, lane->payload,
				       (size_t)(lane->at - lane->payload)))
		writer->shot->reason = "no-room";
	lane->at = NULL;
}

static void put_word(struct writer *writer, struct lane *lane, uint64_t slot, uint64_t value)
{
	if (lane->at && lane->at + MT_SNAPSHOT_WORD_BYTES_MAX >
	    lane->payload + MT_SNAPSHOT_WORDS_BYTES)
		flush(writer, lane);
	if (!lane->at)
		lane->at = mt_put_snapshot_words(&lane->words, lane->payload, writer->range, slot);
	lane->at = mt_put_snapshot_word(&lane->words, lane->at, slot, value);
}

/* A word that may matter. */
static void see_word(struct writer *writer, uint64_t slot, uint64_t value)
{
	uintptr_t address = value & address_bits;
	uint64_t *known = &vtables[value / 8 % VTABLES];
	const struct target *target;

	if (value == *known) {
		if (writer->has_plain)
			put_word(writer, &writer->plain, slot, value);
		return;
	}
	target = find_target(address);
	if (!target)
		return;
	if (target->is_zone) {
		if (writer->has_plain && tr_plain_is_vtable(value)) {
			*known = value;
			put_word(writer, &writer->plain, slot, value);
		}
		return;
	}
	put_word(writer, &writer->pointers, slot, value);
	writer->shot->n_words++;
	if (address % 16 != 8 || !writer->has_counts)
		return;
	if (tr_plain_is_full())
		tr_plain_flush(writer->shot, writer->context);
	tr_plain_see_pointer(address, target->start, target->end - 1);
}

/* The words at [from, from + n), which are the program's at slot. */
static void scan_words(struct writer *writer, const uint64_t *from, uint64_t slot, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = from[i], bit = (value >> TARGET_SHIFT) % TARGET_BITS;

		if (__builtin_expect(target_bits[bit / 64] >> bit % 64 & 1, 0))
			see_word(writer, slot + 8 * i, value);
	}
}

/* False: some of it could not be read. */
static bool scan_copied(struct writer *writer, uintptr_t start, uintptr_t end)
{
	bool is_whole = true;

	for (uintptr_t at = start; at < end && !writer->shot->reason;) {
		size_t n = end - at < COPY_BYTES ? end - at : COPY_BYTES;

		/* What is in the way is one page of it, or all. */
		if (tr_read_safely(at, copy, n)) {
			scan_words(writer, (const uint64_t *)(const void *)copy, at, n / 8);
		} else if (n > TR_SHOT_PAGE) {
			end = at + TR_SHOT_PAGE < end ? end : at + TR_SHOT_PAGE;
			n = TR_SHOT_PAGE - at % TR_SHOT_PAGE;
			if (tr_read_safely(at, copy, n))
				scan_words(writer, (const uint64_t *)(const void *)copy, at, n / 8);
			else
				is_whole = false;
		} else {
			is_whole = false;
		}
		at += n;
	}
	return is_whole;
}

/* Our copies on the way are not the program's memory. Pages of shared memory may
 * have gone with the end of their file. */
static bool scan_piece(struct writer *writer, const struct tr_piece *piece)
{
	struct tr_shot *shot = writer->shot;
	uintptr_t at = (piece->start + 7) & ~(uintptr_t)7, end;
	bool is_direct = tr_shot_is_still(shot) && !piece->is_shared && shot->pages.fd >= 0;
	bool is_whole = true;

	writer->has_plain = tr_shot_is_still(shot) && is_block_memory(piece);
	writer->has_counts = tr_shot_is_still(shot) && tr_real.is_libc_malloc &&
			     shot->pages.fd >= 0;
	shot->pages.is_inherited = shot->is_frozen && piece->is_shared;
	shot->pages.n = 0;
	for (; !shot->reason && (end = tr_pages_next(&shot->pages, &at, piece->end)); at = end) {
		if (is_direct)
			scan_words(writer, (const uint64_t *)at, at, (end - at) / 8);
		else
			is_whole &= scan_copied(writer, at, end);
		shot->scanned_bytes += end - at;
		if (shot->is_frozen)
			__atomic_store_n(&tr.control->shot.scanned_bytes, shot->scanned_bytes,
					 __ATOMIC_RELAXED);
	}
	flush(writer, &writer->pointers);
	flush(writer, &writer->plain);
	return is_whole;
}

static void put_range(struct writer *writer, const struct tr_piece *piece, uint32_t number,
		      uint8_t flags)
{
	struct mt_out out = tr_scratch(writer->context);
	struct mt_snapshot_range range = {
		.number = number, .kind = piece->kind, .flags = flags, .start = piece->start,
		.end = piece->end, .tid = piece->tid,
		.name = { piece->name, strnlen(piece->name, MT_STACK_BYTES_MAX / 2) },
	};

	mt_put_snapshot_range(&out, &range);
	if (!tr_stream_put_scratch(writer->context, MT_KIND_SNAPSHOT_RANGE, &out))
		writer->shot->reason = "no-room";
}

static void put_kernel_range(struct writer *writer, const char *name)
{
	struct tr_piece piece = { .kind = MT_RANGE_KERNEL, .name = writer->name };
	size_t n = strnlen(name, KERNEL_NAME_BYTES - 1);

	flush(writer, &writer->pointers);
	memcpy(writer->name, name, n);
	writer->name[n] = '\0';
	writer->next_slot = (writer->next_slot + MT_RANGE_KERNEL_BYTES - 1) &
			    ~(uint64_t)(MT_RANGE_KERNEL_BYTES - 1);
	piece.start = writer->next_slot;
	piece.end = piece.start + MT_RANGE_KERNEL_BYTES;
	put_range(writer, &piece, ++writer->range, 0);
}

/* These have no address: they get numbers where no memory is. */
static void take_kernel_word(void *context, const char *name, uint64_t value)
{
	struct writer *writer = context;
	const struct target *target = find_target(value & address_bits);

	if (!target || target->is_zone || writer->shot->reason)
		return;
	if (strcmp(name, writer->name) != 0)
		put_kernel_range(writer, name);
	put_word(writer, &writer->pointers, writer->next_slot, value);
	writer->next_slot += 8;
	writer->shot->n_words++;
}

void tr_shot_scan(struct tr_shot *shot, struct tr_context *context)
{
	struct writer writer = {
		.shot = shot, .context = context,
		.pointers = { .kind = MT_KIND_SNAPSHOT_WORDS, .payload = payload },
		.plain = { .kind = MT_KIND_SNAPSHOT_PLAIN, .payload = plain_payload },
	};

	find_targets(shot, tr_plain_begin(shot));
	for (uint32_t i = 0; i < shot->n_pieces && !shot->reason; i++) {
		const struct tr_piece *piece = &shot->pieces[i];
		bool is_huge = piece->end - piece->start > bytes_max;

		writer.range = i + 1;
		put_range(&writer, piece, writer.range,
			  is_huge ? piece->flags | MT_RANGE_UNREADABLE : piece->flags);
		if (!is_huge && !scan_piece(&writer, piece) && !shot->reason)
			put_range(&writer, piece, writer.range, piece->flags | MT_RANGE_UNREADABLE);
	}
	writer.next_slot = MT_RANGE_KERNEL_START;
	tr_kernel_list(&(struct tr_kernel_taker){ &writer, take_kernel_word });
	flush(&writer, &writer.pointers);
	tr_plain_flush(shot, context);
}
