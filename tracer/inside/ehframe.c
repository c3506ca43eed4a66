/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ehframe.c -- from an address to its FDE.
 *
 *   .eh_frame_hdr   version, encodings, pointer to .eh_frame, count,
 *                   { function start, FDE } sorted by start
 *   .eh_frame       { length, 0, CIE } and { length, distance to CIE, FDE } mixed
 *
 * Every cursor is made by segment_at(), which gives the readable segment of the
 * module that an address lies in, so no read leaves the module's mapped parts.
 * A table in an encoding that cannot be searched is passed over, and .eh_frame
 * is read from its beginning.
 */
#include "tracer/inside/ehframe.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include "tracer/inside/arch/x86_64.h"

enum {
	HEADER_VERSION = 1,

	PE_OMIT = 0xff,
	PE_FORMAT = 0x0f,
	PE_ULEB = 0x01,
	PE_UDATA2 = 0x02,
	PE_UDATA4 = 0x03,
	PE_UDATA8 = 0x04,
	PE_SLEB = 0x09,
	PE_SDATA2 = 0x0a,
	PE_SDATA4 = 0x0b,
	PE_SDATA8 = 0x0c,
	PE_BASE = 0x70,
	PE_PCREL = 0x10,
	PE_DATAREL = 0x30,
};

/* One search: where, for what, and where to put it. */
struct search {
	struct dl_find_object module;
	uintptr_t pc;
	struct tr_fde *fde;
};

static int64_t sign_extend(uint64_t value, unsigned n_bits)
{
	return (int64_t)(value << (64 - n_bits)) >> (64 - n_bits);
}

int64_t tr_get_sleb(struct mt_in *in)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = mt_get_u8(in);

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return shift + 7 < 64 ? sign_extend(value, shift + 7) : (int64_t)value;
	}
	in->is_bad = true;
	return 0;
}

static uint64_t get_plain(struct mt_in *in, uint8_t encoding)
{
	switch (encoding & PE_FORMAT) {
	case PE_ULEB:
		return mt_get_uleb(in);
	case PE_UDATA2:
		return mt_get_le(in, 2);
	case PE_UDATA4:
		return mt_get_le(in, 4);
	case 0:
	case PE_UDATA8:
	case PE_SDATA8:
		return mt_get_le(in, 8);
	case PE_SLEB:
		return (uint64_t)tr_get_sleb(in);
	case PE_SDATA2:
		return (uint64_t)sign_extend(mt_get_le(in, 2), 16);
	case PE_SDATA4:
		return (uint64_t)sign_extend(mt_get_le(in, 4), 32);
	default:
		in->is_bad = true;
		return 0;
	}
}

uintptr_t tr_get_encoded(struct mt_in *in, uint8_t encoding, uintptr_t data_base)
{
	uintptr_t here = (uintptr_t)in->at;
	uint64_t value = get_plain(in, encoding);

	switch (encoding & PE_BASE) {
	case 0:
		return value;
	case PE_PCREL:
		return here + value;
	case PE_DATAREL:
		return data_base + value;
	default:
		in->is_bad = true;
		return 0;
	}
}

static struct mt_in cursor(uintptr_t address, uintptr_t end)
{
	return (struct mt_in){ (const uint8_t *)address, (const uint8_t *)end, false };
}

/* The segments, if what the loader calls the module begins with its header. */
static const Elf64_Phdr *find_segments(const struct dl_find_object *module, unsigned *n)
{
	const Elf64_Ehdr *header = module->dlfo_map_start;

	if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
	    header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phoff > TR_PAGE_BYTES ||
	    header->e_phoff + header->e_phnum * sizeof(Elf64_Phdr) > TR_PAGE_BYTES)
		return NULL;
	*n = header->e_phnum;
	return (const void *)((const char *)header + header->e_phoff);
}

/*
 * A cursor from address to the end of the readable segment of the module that it
 * lies in; an empty one if there is none. Where there are gaps between the
 * segments of the program itself, the loader calls each of them a module, with
 * the same link_map: those without the header are taken as the loader has them.
 */
static struct mt_in segment_at(const struct dl_find_object *module, uintptr_t address)
{
	struct dl_find_object there;
	unsigned n = 0;
	const Elf64_Phdr *segments = find_segments(module, &n);

	for (unsigned i = 0; segments && i < n; i++) {
		uintptr_t start = module->dlfo_link_map->l_addr + segments[i].p_vaddr;

		if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_R &&
		    address - start < segments[i].p_filesz)
			return cursor(address, start + segments[i].p_filesz);
	}
	if (!segments && _dl_find_object((void *)address, &there) == 0 &&
	    there.dlfo_link_map == module->dlfo_link_map)
		return cursor(address, (uintptr_t)there.dlfo_map_end);
	return cursor(0, 0);
}

/* Opens the entry of .eh_frame at *in, moves *in behind it. False at the end. */
static bool next_entry(struct mt_in *in, struct mt_in *entry)
{
	uint64_t length = mt_get_le(in, 4);

	if (length == UINT32_MAX)
		length = mt_get_le(in, 8);
	if (in->is_bad || length == 0 || length > (uint64_t)(in->end - in->at))
		return false;
	*entry = (struct mt_in){ in->at, in->at + length, false };
	in->at += length;
	return true;
}

/* The letters of an augmentation that begins with z: each tells of a field. */
static bool read_augmentation(struct mt_in *entry, const char *letters, struct tr_fde *fde)
{
	uint64_t n_bytes = mt_get_uleb(entry);
	struct mt_in fields = { entry->at, entry->at, false };

	if (n_bytes > (uint64_t)(entry->end - entry->at))
		return false;
	fields.end += n_bytes;
	entry->at = fields.end;
	for (const char *letter = letters + 1; *letter && !fields.is_bad; letter++) {
		uint8_t encoding;

		switch (*letter) {
		case 'R':
			fde->encoding = mt_get_u8(&fields);
			break;
		case 'S':
			fde->is_signal_frame = true;
			break;
		case 'L':
			mt_get_u8(&fields);
			break;
		case 'P':
			encoding = mt_get_u8(&fields);
			get_plain(&fields, encoding);
			break;
		default:
			return true;  /* what follows is unknown; the length skips it */
		}
	}
	return !fields.is_bad;
}

static bool read_cie(const struct search *search, uintptr_t at)
{
	struct mt_in in = segment_at(&search->module, at);
	struct mt_in entry;
	struct tr_fde *fde = search->fde;
	const char *letters;
	uint8_t version;

	if (!next_entry(&in, &entry) || mt_get_le(&entry, 4) != 0)
		return false;
	version = mt_get_u8(&entry);
	letters = (const char *)entry.at;
	while (mt_get_u8(&entry) != 0)
		;
	if (entry.is_bad || (version != 1 && version != 3))
		return false;
	fde->code_align = mt_get_uleb(&entry);
	fde->data_align = tr_get_sleb(&entry);
	if ((version == 1 ? mt_get_u8(&entry) : mt_get_uleb(&entry)) != TR_DWARF_PC)
		return false;
	fde->encoding = 0;
	fde->is_signal_frame = false;
	fde->has_lengths = letters[0] == 'z';
	if (fde->has_lengths ? !read_augmentation(&entry, letters, fde) : letters[0] != '\0')
		return false;
	fde->common = entry;
	return !entry.is_bad;
}

/* Reads the FDE at an address of .eh_frame; false if it is none, or a bad one. */
static bool read_fde(const struct search *search, uintptr_t at)
{
	struct mt_in in = segment_at(&search->module, at);
	struct mt_in entry;
	struct tr_fde *fde = search->fde;
	uintptr_t here;
	uint32_t distance;

	if (!next_entry(&in, &entry))
		return false;
	here = (uintptr_t)entry.at;
	distance = (uint32_t)mt_get_le(&entry, 4);
	if (distance == 0 || !read_cie(search, here - distance))
		return false;
	fde->start = tr_get_encoded(&entry, fde->encoding, 0);
	fde->end = fde->start + get_plain(&entry, fde->encoding);
	if (fde->has_lengths) {
		uint64_t n_bytes = mt_get_uleb(&entry);

		if (n_bytes > (uint64_t)(entry.end - entry.at))
			return false;
		entry.at += n_bytes;
	}
	fde->own = entry;
	return !entry.is_bad;
}

/* Is the FDE at an address the one that covers pc? */
static enum tr_fde_found check_fde(const struct search *search, uintptr_t at)
{
	const struct tr_fde *fde = search->fde;

	if (!read_fde(search, at))
		return TR_FDE_BAD;
	return search->pc - fde->start < fde->end - fde->start ? TR_FDE_FOUND : TR_FDE_NONE;
}

/* Reads .eh_frame from its beginning: for the rare module without a table. */
static enum tr_fde_found search_entries(const struct search *search, uintptr_t eh_frame)
{
	struct mt_in in = segment_at(&search->module, eh_frame);
	struct mt_in entry;
	const uint8_t *at;

	while (at = in.at, next_entry(&in, &entry)) {
		if (mt_get_le(&entry, 4) != 0 &&
		    check_fde(search, (uintptr_t)at) == TR_FDE_FOUND)
			return TR_FDE_FOUND;
	}
	return TR_FDE_NONE;
}

/* The address in a field of the table: a signed distance from its header. */
static uintptr_t table_address(const struct search *search, const uint8_t *field, unsigned n_bytes)
{
	return (uintptr_t)search->module.dlfo_eh_frame +
	       (uintptr_t)sign_extend(mt_load_le(field, n_bytes), n_bytes * 8);
}

/* Searches the sorted table: n entries of two fields of n_bytes. */
static enum tr_fde_found search_table(const struct search *search, struct mt_in table,
				      uint64_t n, unsigned n_bytes)
{
	uint64_t low = 0, high = n;

	if (n > (uint64_t)(table.end - table.at) / (2 * n_bytes))
		return TR_FDE_BAD;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (table_address(search, table.at + middle * 2 * n_bytes, n_bytes) <= search->pc)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return TR_FDE_NONE;
	table.at += (2 * low - 1) * n_bytes;
	return check_fde(search, table_address(search, table.at, n_bytes));
}

static enum tr_fde_found search_module(const struct search *search)
{
	uintptr_t base = (uintptr_t)search->module.dlfo_eh_frame;
	struct mt_in header = segment_at(&search->module, base);
	uint8_t frame_encoding, count_encoding, table_encoding;
	uintptr_t eh_frame;
	uint64_t n = 0;

	if (mt_get_u8(&header) != HEADER_VERSION)
		return TR_FDE_BAD;
	frame_encoding = mt_get_u8(&header);
	count_encoding = mt_get_u8(&header);
	table_encoding = mt_get_u8(&header);
	eh_frame = tr_get_encoded(&header, frame_encoding, base);
	if (count_encoding != PE_OMIT)
		n = tr_get_encoded(&header, count_encoding, base);
	if (header.is_bad)
		return TR_FDE_BAD;
	if (n > 0 && table_encoding == (PE_DATAREL | PE_SDATA4))
		return search_table(search, header, n, 4);
	if (n > 0 && table_encoding == (PE_DATAREL | PE_SDATA8))
		return search_table(search, header, n, 8);
	return search_entries(search, eh_frame);
}

enum tr_fde_found tr_fde_find(uintptr_t pc, struct tr_fde *fde)
{
	struct search search = { .pc = pc, .fde = fde };

	if (_dl_find_object((void *)pc, &search.module) != 0)
		return TR_FDE_NO_MODULE;
	return search.module.dlfo_eh_frame ? search_module(&search) : TR_FDE_NONE;
}
