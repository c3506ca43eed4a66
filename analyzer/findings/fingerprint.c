/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint.c -- see fingerprint.h. What lies between the user's outermost
 * frame and the root (libc's way to main, the thread library's way to a thread's
 * function) is left out: it changes with the system, and with whether its debug
 * symbols are installed. Inlined calls count as calls, so that a build with
 * other optimisations gives the same list. Without a name a function of the
 * user's is told by its place in the file: that lasts for one build only, but two
 * leaks of a stripped program must not become one.
 */
#include "analyzer/findings/fingerprint.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_BYTES = 1024 };

/* Length of what is an operator's name at "operator", brackets included:
 * "operator()", "operator<<", "operator->"; else 0. */
static size_t operator_length(const char *at, const char *start)
{
	size_t n = strlen("operator");

	if (strncmp(at, "operator", n) || (at > start && (isalnum((unsigned char)at[-1]) ||
							  at[-1] == '_')))
		return 0;
	if (!strncmp(at + n, "()", 2) || !strncmp(at + n, "[]", 2))
		return n + 2;
	if (at[n] != '<' && at[n] != '>' && strncmp(at + n, "->", 2))
		return isalnum((unsigned char)at[n]) || at[n] == '_' ? 0 : n;
	n += strspn(at + n, "<>=-*");
	/* "operator< <int>" and "operator<<int>" both begin arguments with the last. */
	if (at[n - 1] == '<' && n > strlen("operator<<"))
		n--;
	return n;
}

/* Copies what is outside of (...) and <...>, keeping operators whole and
 * "(anonymous namespace)". */
static void drop_brackets(char *to, size_t room, const char *from)
{
	static const char anonymous[] = "(anonymous namespace)";
	const char *start = from;
	unsigned depth = 0;
	size_t n = 0;

	while (*from) {
		size_t n_whole = depth ? 0 : operator_length(from, start);

		if (!depth && !strncmp(from, anonymous, sizeof anonymous - 1))
			n_whole = sizeof anonymous - 1;
		if (!n_whole && (*from == '<' || *from == '('))
			depth++;
		for (size_t i = n_whole ? n_whole : 1; i; i--, from++)
			if (!depth && n + 1 < room)
				to[n++] = *from == ' ' && n_whole ? '_' : *from;
		if (!n_whole && depth && (from[-1] == '>' || from[-1] == ')') &&
		    !(from[-1] == '>' && from - start >= 2 && from[-2] == '-'))
			depth--;
	}
	to[n] = 0;
}

static void cut_at(char *text, const char *mark)
{
	char *at = strstr(text, mark);

	if (at && at > text)
		*at = 0;
}

static void drop_suffixes(char *name)
{
	static const char *const suffixes[] = {
		" [clone", ".isra.", ".part.", ".constprop.", ".cold", ".lto_priv.", ".llvm.",
		".localalias", ".clone.", ".warm", ".split.", ".specialized.",
	};
	size_t n;

	for (unsigned i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		cut_at(name, suffixes[i]);
	n = strlen(name);
	if (n > 19 && !strncmp(name + n - 19, "::h", 3) &&
	    strspn(name + n - 16, "0123456789abcdef") == 16)
		name[n - 19] = 0;
}

/* Qualifiers stand behind the parameters, the return type before the name. */
static void drop_types(char *name)
{
	static const char *const qualifiers[] = {
		" const", " volatile", " &&", " &", " noexcept", " ",
	};
	char *operator_at = strstr(name, "operator"), *space;
	bool is_changed = true;

	while (is_changed) {
		is_changed = false;
		for (unsigned i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++) {
			size_t n = strlen(name), n_end = strlen(qualifiers[i]);

			if (n >= n_end && !strcmp(name + n - n_end, qualifiers[i])) {
				name[n - n_end] = 0;
				is_changed = true;
			}
		}
	}
	if (operator_at)
		for (space = operator_at; space > name && space[-1] != ' '; space--)
			;
	else
		space = (space = strrchr(name, ' ')) ? space + 1 : name;
	memmove(name, space, strlen(space) + 1);
}

void an_normalise_function(char *to, size_t room, const char *function)
{
	char name[NAME_BYTES];

	snprintf(name, sizeof name, "%s", function);
	drop_suffixes(name);
	drop_brackets(to, room, name);
	drop_types(to);
	if (!*to)
		snprintf(to, room, "%s", function);
}

/* One past the user's outermost line; all lines if none is the user's. */
static size_t end_of_interest(const struct an_line_list *list)
{
	size_t end = list->n;

	while (end && list->at[end - 1].owner != AN_OWNER_USER)
		end--;
	return end ? end : list->n;
}

static void put_half(char *to, XXH3_state_t *state)
{
	XXH128_hash_t hash = XXH3_128bits_digest(state);

	snprintf(to, 33, "%016llx%016llx", (unsigned long long)hash.high64,
		 (unsigned long long)hash.low64);
}

void an_fingerprint(char to[AN_FINGERPRINT_DIGITS + 1], const struct an_line_list *list)
{
	XXH3_state_t states[2] = { 0 };

	XXH3_128bits_reset_withSeed(&states[0], 0);
	XXH3_128bits_reset_withSeed(&states[1], 1);
	for (size_t i = 0; i < end_of_interest(list); i++) {
		const struct an_named_line *line = &list->at[i];
		char name[NAME_BYTES] = "?", token[NAME_BYTES + 300];
		int n;

		if (line->function)
			an_normalise_function(name, sizeof name, line->function);
		else if (line->owner != AN_OWNER_SYSTEM && line->module)
			snprintf(name, sizeof name, "+%llx", (unsigned long long)line->offset);
		n = snprintf(token, sizeof token, "%s@%.256s", line->is_cut ? "..." : name,
			     line->module ? line->module : "");
		/* The NUL keeps "a" "bc" and "ab" "c" apart. */
		for (unsigned j = 0; j < 2; j++)
			XXH3_128bits_update(&states[j], token, (size_t)n + 1);
	}
	put_half(to, &states[0]);
	put_half(to + 32, &states[1]);
}

void an_fingerprint_mix(char to[AN_FINGERPRINT_DIGITS + 1], const char *role,
			const char *const *fingerprints, size_t n)
{
	for (unsigned j = 0; j < 2; j++) {
		XXH3_state_t state = { 0 };

		XXH3_128bits_reset_withSeed(&state, j);
		XXH3_128bits_update(&state, role, strlen(role) + 1);
		for (size_t i = 0; i < n; i++)
			XXH3_128bits_update(&state, fingerprints[i], AN_FINGERPRINT_DIGITS);
		put_half(to + 32 * j, &state);
	}
}
