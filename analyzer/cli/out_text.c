/* SPDX-License-Identifier: Apache-2.0 */
/* out_text.c -- see out_text.h. Everything is computed in integers: two
 * machines print the same digits. */
#include "analyzer/cli/out_text.h"

#include <string.h>
#include <time.h>

char *text_count(char *to, uint64_t count)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
	char *at = to;

	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = 0;
	return to;
}

/* value / unit with three significant digits, at least one decimal below 100:
 * 9.4, 9.41, 39.0, 180. False if it rounds up to 1000. */
static bool put_scaled(char *to, uint64_t value, uint64_t unit)
{
	uint64_t whole = value / unit;
	uint64_t scale = whole < 10 ? 100 : whole < 100 ? 10 : 1;
	uint64_t rest = value % unit;
	/* unit may be 10^18: divide before multiplying once it is large. */
	uint64_t part = unit >= 1000000 ? (rest / (unit / 1000) * scale + 500) / 1000
					: (rest * scale + unit / 2) / unit;

	if (part >= scale) {
		whole++;
		part -= scale;
		if (whole == 10 || whole == 100)
			scale = whole == 10 ? 10 : 1;
	}
	if (whole >= 1000)
		return false;
	if (scale == 1)
		snprintf(to, TEXT_BYTES, "%u", (unsigned)whole);
	else if (scale == 100 && part % 10)
		snprintf(to, TEXT_BYTES, "%u.%02u", (unsigned)whole, (unsigned)part);
	else
		snprintf(to, TEXT_BYTES, "%u.%u", (unsigned)whole,
			 (unsigned)(scale == 100 ? part / 10 : part));
	return true;
}

/* With the first of the units, each 1000 of the one before, that leaves fewer
 * than 1000. */
static char *put_with_unit(char *to, uint64_t value, const char *const *units, unsigned n_units)
{
	uint64_t unit = 1;

	for (unsigned i = 0; i < n_units; i++, unit *= 1000) {
		bool is_last = i + 1 == n_units;

		if (value / unit >= 1000 && !is_last)
			continue;
		if (i == 0)
			snprintf(to, TEXT_BYTES, "%u", (unsigned)value);
		else if (!put_scaled(to, value, unit) && !is_last)
			continue;
		if (units[i][0])
			snprintf(to + strlen(to), TEXT_BYTES - strlen(to), " %s", units[i]);
		break;
	}
	return to;
}

char *text_bytes(char *to, uint64_t bytes, bool is_exact)
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };

	if (!is_exact)
		return put_with_unit(to, bytes, units, 7);
	text_count(to, bytes);
	return strcat(to, " B");
}

char *text_short_count(char *to, uint64_t count, bool is_exact)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E" };

	if (is_exact || count < 100000)
		return text_count(to, count);
	return put_with_unit(to, count, units, 7);
}

char *text_duration(char *to, uint64_t ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	uint64_t seconds = ns / 1000000000;

	if (seconds < 100)
		return put_with_unit(to, ns, units, 4);
	if (seconds < 3600)
		snprintf(to, TEXT_BYTES, "%u min %u s", (unsigned)(seconds / 60),
			 (unsigned)(seconds % 60));
	else
		snprintf(to, TEXT_BYTES, "%llu h %u min", (unsigned long long)seconds / 3600,
			 (unsigned)(seconds / 60 % 60));
	return to;
}

void text_moments(char *from, char *to, uint64_t from_ns, uint64_t to_ns)
{
	text_duration(from, from_ns);
	text_duration(to, to_ns);
	for (int digits = 3; digits <= 9 && from_ns != to_ns && !strcmp(from, to); digits += 3) {
		snprintf(from, TEXT_BYTES, "%.*f s", digits, (double)from_ns / 1e9);
		snprintf(to, TEXT_BYTES, "%.*f s", digits, (double)to_ns / 1e9);
	}
}

char *text_percent(char *to, uint64_t part, uint64_t whole)
{
	unsigned percent = 0;

	if (whole)
		percent = (unsigned)((double)part * 100 / (double)whole + 0.5);
	if (percent >= 100 && part < whole)
		percent = 99;
	snprintf(to, TEXT_BYTES, part && !percent ? "<1 %%" : "%u %%", percent);
	return to;
}

char *text_plural(char *to, uint64_t count, const char *one, const char *many)
{
	text_count(to, count);
	snprintf(to + strlen(to), TEXT_BYTES - strlen(to), " %s", count == 1 ? one : many);
	return to;
}

char *text_local_time(char *to, uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	struct tm parts;

	*to = 0;
	if (localtime_r(&seconds, &parts))
		strftime(to, TEXT_BYTES, "%Y-%m-%d %H:%M", &parts);
	return to;
}

char *text_utc_time(char *to, uint64_t realtime_ns)
{
	time_t seconds = (time_t)(realtime_ns / 1000000000);
	struct tm parts;

	*to = 0;
	if (gmtime_r(&seconds, &parts))
		strftime(to, TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts);
	return to;
}

unsigned text_utf8(const char *from, size_t n_from, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = n_from ? (uint8_t)*from : 0xff;
	unsigned n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3
		     : first < 0xf5 ? 4 : 0;

	if (!n || n > n_from)
		return 0;
	*code = n == 1 ? first : first & (0xffu >> (n + 1));
	for (unsigned i = 1; i < n; i++) {
		if (((uint8_t)from[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((uint8_t)from[i] & 0x3f);
	}
	if (*code < least[n] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
		return 0;
	return n;
}

/* Control characters, line and paragraph separators, and what changes the
 * direction of the text: it could show one thing and be another. */
static bool is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0xfff9 ||
	       code == 0xfffa || code == 0xfffb || (code >= 0xe0000 && code < 0xe0080);
}

/* One character of from, harmless, into to (16 bytes). How many bytes it took
 * of from. */
static unsigned escape_one(char *to, const char *from, size_t n_from)
{
	uint32_t code;
	unsigned n = text_utf8(from, n_from, &code);

	if (!n) {
		snprintf(to, 16, "\\x%02x", (uint8_t)*from);
		return 1;
	}
	if (code == '\n' || code == '\t' || code == '\r')
		snprintf(to, 16, "\\%c", code == '\n' ? 'n' : code == '\t' ? 't' : 'r');
	else if (is_harmful(code))
		snprintf(to, 16, code < 0x80 ? "\\x%02x" : "\\u{%x}", code);
	else
		snprintf(to, 16, "%.*s", (int)n, from);
	return n;
}

size_t text_escape(char *to, size_t room, const char *from, size_t n_from)
{
	size_t n_to = 0;
	bool is_full = !room;

	for (size_t i = 0; i < n_from;) {
		char one[16];
		size_t n_one;

		i += escape_one(one, from + i, n_from - i);
		n_one = strlen(one);
		is_full = is_full || n_to + n_one >= room;
		if (!is_full)
			memcpy(to + n_to, one, n_one);
		else if (room && n_to < room)
			to[n_to] = 0;
		n_to += n_one;
	}
	if (!is_full)
		to[n_to] = 0;
	return n_to;
}

void text_put_bytes(FILE *to, const char *text, size_t n_bytes)
{
	for (size_t i = 0; i < n_bytes;) {
		char one[16];

		i += escape_one(one, text + i, n_bytes - i);
		fputs(one, to);
	}
}

void text_put(FILE *to, const char *text)
{
	text_put_bytes(to, text ? text : "?", text ? strlen(text) : 1);
}

/* Columns of what escape_one made: its characters. */
static unsigned columns_of(const char *one)
{
	unsigned n = 0;

	for (; *one; one++)
		n += ((uint8_t)*one & 0xc0) != 0x80;
	return n;
}

unsigned text_width(const char *text)
{
	size_t n = text ? strlen(text) : 0;
	unsigned width = text ? 0 : 1;

	for (size_t i = 0; i < n;) {
		char one[16];

		i += escape_one(one, text + i, n - i);
		width += columns_of(one);
	}
	return width;
}

/* Those characters that stand in columns [from, to). */
static void put_columns(FILE *stream, const char *text, unsigned from, unsigned to)
{
	size_t n = strlen(text);
	unsigned column = 0;

	for (size_t i = 0; i < n && column < to;) {
		char one[16];

		i += escape_one(one, text + i, n - i);
		if (column >= from && column + columns_of(one) <= to)
			fputs(one, stream);
		column += columns_of(one);
	}
}

void text_put_fitted(FILE *to, const char *text, int width)
{
	unsigned room = (unsigned)(width < 0 ? -width : width);
	unsigned has = text_width(text);

	if (!text)
		text = "?";
	if (has > room && room >= 4) {
		unsigned n_front = (room - 1) / 2;
		unsigned n_back = room - 1 - n_front;

		put_columns(to, text, 0, n_front);
		fputs("…", to);
		put_columns(to, text, has - n_back, has);
		return;
	}
	put_columns(to, text, 0, has);
	for (; width > 0 && has < room; has++)
		fputc(' ', to);
}

const char *text_relative(const char *path, const char *base)
{
	size_t n = base ? strlen(base) : 0;

	while (n && base[n - 1] == '/')
		n--;
	if (!path || !n || strncmp(path, base, n) || path[n] != '/' || !path[n + 1])
		return path;
	return path + n + 1;
}
