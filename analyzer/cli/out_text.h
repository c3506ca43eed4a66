/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out_text.h -- numbers, times and foreign text as a person reads them.
 *
 * Numbers keep three significant digits in decimal units ("9.4 MB", "39.0 MB",
 * "180 kB"); exact ones have all digits, grouped. Each function that takes a
 * buffer wants TEXT_BYTES of room and returns it, so that it can stand in an
 * argument list.
 */
#ifndef ANALYZER_CLI_OUT_TEXT_H
#define ANALYZER_CLI_OUT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { TEXT_BYTES = 64 };

/* "96 B", "9.4 MB"; exact: "9,400,312 B". */
char *text_bytes(char *to, uint64_t bytes, bool is_exact);
/* "1,204", all digits. */
char *text_count(char *to, uint64_t count);
/* "1,204", from 100,000 on "626 k"; exact: all digits. */
char *text_short_count(char *to, uint64_t count, bool is_exact);
/* "350 ns", "3.1 µs", "41.2 s", "2 min 5 s", "3 h 2 min". */
char *text_duration(char *to, uint64_t ns);
/* Two of them, with as many digits as tell them apart. */
void text_moments(char *from, char *to, uint64_t from_ns, uint64_t to_ns);
/* "81 %"; a part of nothing is "0 %", and what is not all is never "100 %". */
char *text_percent(char *to, uint64_t part, uint64_t whole);
/* "1 process", "1,204 processes": plural is what follows more than one. */
char *text_plural(char *to, uint64_t count, const char *one, const char *many);
/* Of CLOCK_REALTIME ns: "2026-03-04 10:12" in local time. */
char *text_local_time(char *to, uint64_t realtime_ns);
/* "2026-03-04T10:12:07Z". */
char *text_utc_time(char *to, uint64_t realtime_ns);

/*
 * Makes text harmless: control characters, what is no UTF-8 and what reorders
 * the line become \n, \x1b, \u{202e}. Returns how many bytes the result has
 * without its NUL; no more than room are written, and never half a character.
 */
size_t text_escape(char *to, size_t room, const char *from, size_t n_from);
/* The same, of a string, to a stream. NULL is printed as "?". */
void text_put(FILE *to, const char *text);
void text_put_bytes(FILE *to, const char *text, size_t n_bytes);
/* The same, padded or shortened in the middle to exactly width columns;
 * negative width: shortened but not padded. */
void text_put_fitted(FILE *to, const char *text, int width);
/* Columns that the escaped text takes. */
unsigned text_width(const char *text);

/* Decodes one UTF-8 character: its length, 0 if the bytes are none. */
unsigned text_utf8(const char *from, size_t n_from, uint32_t *code);

/* path without base if it lies below base; else path. Borrowed from path. */
const char *text_relative(const char *path, const char *base);

#endif
