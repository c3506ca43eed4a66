/* SPDX-License-Identifier: Apache-2.0 */
/* environment.c -- see environment.h. */
#include "tracer/inside/environment.h"

#include <string.h>

static const char preload_key[] = "LD_PRELOAD=";
static const char channel_key[] = "MEMTRACE_CHANNEL=";
static char quiet_entry[] = "MEMTRACE_QUIET=1";

static bool has_key(const char *entry, const char *key)
{
	return strncmp(entry, key, strlen(key)) == 0;
}

static uint64_t parse_number(const char **at, unsigned base)
{
	uint64_t value = 0;

	for (;; (*at)++) {
		unsigned digit = (unsigned char)**at;

		digit = digit >= 'a' ? digit - 'a' + 10 : digit - '0';
		if (digit >= base)
			return value;
		value = value * base + digit;
	}
}

/* "<trace id, hexadecimal>,<socket>,<token>,<path>" */
static bool parse_channel(const char *value)
{
	const char *comma;

	tr.trace_id = parse_number(&value, 16);
	if (*value++ != ',' || !(comma = strchr(value, ',')) ||
	    (size_t)(comma - value) >= sizeof(tr.channel_name) - 1)
		return false;
	memcpy(tr.channel_name, value, (size_t)(comma - value));
	value = comma + 1;
	tr.token = parse_number(&value, 10);
	if (*value++ != ',' || strlen(value) >= sizeof(tr.live_path))
		return false;
	memcpy(tr.live_path, value, strlen(value) + 1);
	return true;
}

static bool is_ours(const char *path, size_t n)
{
	static const char *const names[] = { "libmemtrace.so", "libmemtrace-oracle.so" };

	for (unsigned i = 0; i < 2; i++) {
		size_t n_name = strlen(names[i]);

		if (n >= n_name && memcmp(path + n - n_name, names[i], n_name) == 0 &&
		    (n == n_name || path[n - n_name - 1] == '/'))
			return true;
	}
	return false;
}

/* Of "LD_PRELOAD=ours:theirs" leaves "LD_PRELOAD=theirs", in place, and keeps
 * ours for the children; NULL when nothing is left. */
static char *clean_preload(char *entry)
{
	const size_t n_key = strlen(preload_key);
	char *at = entry + n_key;
	size_t n_kept = 0;

	for (;;) {
		size_t n = strcspn(at, ": ");

		if (!is_ours(at, n) || n_kept + n + 2 > sizeof(tr.library))
			break;
		if (n_kept)
			tr.library[n_kept++] = ':';
		memcpy(tr.library + n_kept, at, n);
		n_kept += n;
		at += n;
		if (!*at)
			break;
		at++;
	}
	tr.library[n_kept] = '\0';
	if (at == entry + n_key)
		return entry;
	if (!*at)
		return NULL;
	return memmove(at - n_key, preload_key, n_key);
}

bool tr_environment_clean(char **envp)
{
	char **to = envp;
	bool is_said = false;

	for (; *envp; envp++) {
		char *entry = *envp;

		if (has_key(entry, channel_key)) {
			is_said = parse_channel(entry + strlen(channel_key));
			continue;
		}
		if (strcmp(entry, quiet_entry) == 0) {
			tr.is_quiet = 1;
			continue;
		}
		if (has_key(entry, preload_key))
			entry = clean_preload(entry);
		if (entry)
			*to++ = entry;
	}
	*to = NULL;
	return is_said;
}

size_t tr_environment_count(char *const *given)
{
	size_t n = 4;    /* ours, and the end */

	for (; given && *given; given++)
		n++;
	return n;
}

static const char *given_preload(char *const *given)
{
	for (; given && *given; given++)
		if (has_key(*given, preload_key))
			return *given + strlen(preload_key);
	return "";
}

size_t tr_preload_bytes(char *const *given)
{
	return sizeof(preload_key) + strlen(tr.library) + 1 + strlen(given_preload(given));
}

size_t tr_channel_bytes(void)
{
	return sizeof(channel_key) + strlen(tr.channel_name) + strlen(tr.live_path) + 48;
}

static char *put_text(char *to, const char *text)
{
	size_t n = strlen(text);

	memcpy(to, text, n + 1);
	return to + n;
}

static char *put_number(char *to, uint64_t value, unsigned base)
{
	char digits[24];
	int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	while (n)
		*to++ = digits[--n];
	*to = '\0';
	return to;
}

static void put_channel(char *to, uint64_t token)
{
	bool is_quiet = __atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED);

	to = put_text(to, channel_key);
	to = put_text(put_number(to, tr.trace_id, 16), ",");
	/* Under a filter a socket may be what it forbids; opening files is what the
	 * loader does as well. */
	to = put_text(put_text(to, is_quiet ? "" : tr.channel_name), ",");
	to = put_text(put_number(to, token, 10), ",");
	put_text(to, tr.live_path);
}

char **tr_environment_make(char *const *given, uint64_t token, char **to, char *preload,
			   char *channel)
{
	const char *theirs = given_preload(given);
	char **at = to;
	char *end = put_text(put_text(preload, preload_key), tr.library);

	if (theirs[0])
		put_text(put_text(end, ":"), theirs);
	put_channel(channel, token);
	*at++ = preload;
	*at++ = channel;
	if (__atomic_load_n(&tr.is_quiet, __ATOMIC_RELAXED))
		*at++ = quiet_entry;
	for (; given && *given; given++)
		if (!has_key(*given, preload_key) && !has_key(*given, channel_key))
			*at++ = *given;
	*at = NULL;
	return to;
}
