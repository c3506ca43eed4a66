/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bytes.h -- numbers and strings as bytes.
 *
 * The law of formats/wire: pure functions on the caller's bytes. No malloc, no
 * I/O, no errno, no globals, because the same code runs inside the traced
 * program. Fixed-width numbers are little endian. Variable-width numbers are
 * ULEB128: seven bits a byte, least significant first, the top bit says that
 * more follow; at most ten bytes.
 *
 * Writers and readers are cursors that remember an overrun instead of failing
 * at once: a sequence of calls is checked once, at its end.
 */
#ifndef FORMATS_WIRE_BYTES_H
#define FORMATS_WIRE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	MT_ULEB_BYTES_MAX = 10,
};

/* Where the next byte goes. Past the end nothing is written and is_full is set. */
struct mt_out {
	uint8_t *at;
	uint8_t *end;
	bool is_full;
};

/* Where the next byte comes from. Past the end, or on an overlong number,
 * is_bad is set and every later read gives zero. */
struct mt_in {
	const uint8_t *at;
	const uint8_t *end;
	bool is_bad;
};

/* A borrowed piece of a trace: not terminated, any bytes. */
struct mt_text {
	const char *bytes;
	size_t n_bytes;
};

static inline uint64_t mt_load_le(const uint8_t *from, unsigned n_bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < n_bytes; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

static inline void mt_store_le(uint8_t *to, uint64_t value, unsigned n_bytes)
{
	for (unsigned i = 0; i < n_bytes; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static inline uint64_t mt_zigzag(int64_t value)
{
	return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t mt_unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* Writes value as ULEB128, for a caller who has MT_ULEB_BYTES_MAX of room.
 * Returns the byte after it. */
static inline uint8_t *mt_uleb_store(uint8_t *to, uint64_t value)
{
	while (value >= 0x80) {
		*to++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*to++ = (uint8_t)value;
	return to;
}

static inline void mt_put_u8(struct mt_out *out, uint8_t value)
{
	if (out->at < out->end)
		*out->at++ = value;
	else
		out->is_full = true;
}

static inline void mt_put_uleb(struct mt_out *out, uint64_t value)
{
	uint8_t bytes[MT_ULEB_BYTES_MAX];
	size_t n_bytes = (size_t)(mt_uleb_store(bytes, value) - bytes);

	if ((size_t)(out->end - out->at) < n_bytes) {
		out->is_full = true;
		return;
	}
	memcpy(out->at, bytes, n_bytes);
	out->at += n_bytes;
}

static inline void mt_put_le(struct mt_out *out, uint64_t value, unsigned n_bytes)
{
	if ((size_t)(out->end - out->at) < n_bytes) {
		out->is_full = true;
		return;
	}
	mt_store_le(out->at, value, n_bytes);
	out->at += n_bytes;
}

/* A length, then that many bytes. */
static inline void mt_put_bytes(struct mt_out *out, const void *bytes, size_t n_bytes)
{
	mt_put_uleb(out, n_bytes);
	if ((size_t)(out->end - out->at) < n_bytes) {
		out->is_full = true;
		return;
	}
	if (n_bytes)
		memcpy(out->at, bytes, n_bytes);
	out->at += n_bytes;
}

static inline uint8_t mt_get_u8(struct mt_in *in)
{
	if (in->at < in->end)
		return *in->at++;
	in->is_bad = true;
	return 0;
}

static inline uint64_t mt_get_uleb(struct mt_in *in)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
		uint8_t byte = *in->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return value;
	}
	in->is_bad = true;
	in->at = in->end;
	return 0;
}

static inline uint64_t mt_get_le(struct mt_in *in, unsigned n_bytes)
{
	uint64_t value;

	if ((size_t)(in->end - in->at) < n_bytes) {
		in->is_bad = true;
		in->at = in->end;
		return 0;
	}
	value = mt_load_le(in->at, n_bytes);
	in->at += n_bytes;
	return value;
}

/* A length, then that many bytes, borrowed from the input. */
static inline struct mt_text mt_get_text(struct mt_in *in)
{
	uint64_t n_bytes = mt_get_uleb(in);
	struct mt_text text = { "", 0 };

	if (n_bytes > (uint64_t)(in->end - in->at)) {
		in->is_bad = true;
		in->at = in->end;
		return text;
	}
	text.bytes = (const char *)in->at;
	text.n_bytes = (size_t)n_bytes;
	in->at += n_bytes;
	return text;
}

#endif
