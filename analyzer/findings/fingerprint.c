/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint.c -- see fingerprint.h. What lies between the user's outermost
 * frame and the root (libc's way to main, the thread library's way to a thread's
 * function) is left out: it changes with the system, and with whether its debug
 * symbols are installed. Of what the system does between two of the user's frames,
 * or inside, only the function that was called counts. Inlined calls count as calls,
 * and a function that calls itself counts once, so that a build with other
 * optimisations, or another compiler's, gives the same list. What a sibling call
 * left out of the stack nobody can put back here. Without a name a function of the
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
		if (!depth && !n_whole && *from == ')')
			break;          /* what skip_to_inner left behind */
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

/* "void (*name(int))(char)" is a function that returns one: its name stands inside. */
static const char *skip_to_inner(const char *name)
{
	unsigned depth = 0;

	for (const char *at = name; *at; at++) {
		if (!depth && !strncmp(at, " (*", 3) && at[3] != ')')
			return at + 3;
		depth += *at == '<' || *at == '(';
		depth -= depth && (*at == '>' || *at == ')');
	}
	return name;
}

void an_normalise_function(char *to, size_t room, const char *function)
{
	char name[NAME_BYTES];

	snprintf(name, sizeof name, "%s", function);
	drop_suffixes(name);
	drop_brackets(to, room, strstr(name, "operator") ? name : skip_to_inner(name));
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

/* Compilers number lambdas, and some leave their place out: who called one says
 * enough. */
static void fold_lambda(char *name)
{
	static const char call[] = "operator()";
	size_t n = strlen(name), n_call = sizeof call - 1;
	bool is_plain = n == n_call;

	if (n < n_call || strcmp(name + n - n_call, call))
		return;
	if (is_plain || strstr(name, "{lambda") || strstr(name, "<lambda") ||
	    strstr(name, "'lambda") || strstr(name, "$_") || strstr(name, "{unnamed"))
		strcpy(name, "lambda");
}

/* "libfoo.so.1.2.3" and "libfoo-1.2.so" are libraries of another day. */
static int module_length(const char *module)
{
	const char *end = strstr(module, ".so");
	size_t n = end ? (size_t)(end - module) : strlen(module);

	while (end && n > 1 && (isdigit((unsigned char)module[n - 1]) ||
				strchr(".-", module[n - 1])))
		n--;
	return (int)(n > 256 ? 256 : n);
}

/* Of the C++ library the class: which of its functions calls which is its affair. */
static void fold_library(char *name)
{
	char *last = NULL;

	if (strncmp(name, "std::", 5) && strncmp(name, "__gnu_cxx::", 11))
		return;
	for (char *at = name; (at = strstr(at, "::")); at += 2)
		last = at;
	*last = 0;
}

/* What stands for one line, or "" for nothing: what the system does inside, once it
 * was called, differs between compilers and their options. */
static void make_token(char *to, size_t room, const struct an_line_list *list, size_t i,
		       size_t end)
{
	const struct an_named_line *line = &list->at[i];
	const char *module = line->module ? line->module : "";
	char name[NAME_BYTES] = "?";

	*to = 0;
	if (line->function)
		an_normalise_function(name, sizeof name, line->function);
	else if (line->owner != AN_OWNER_SYSTEM && line->module)
		snprintf(name, sizeof name, "+%llx", (unsigned long long)line->offset);
	fold_lambda(name);
	if (line->is_cut) {
		snprintf(to, room, "...");
	} else if (line->owner != AN_OWNER_SYSTEM) {
		snprintf(to, room, "%s@%.*s", name, module_length(module), module);
	} else if (i + 1 >= end || list->at[i + 1].owner != AN_OWNER_SYSTEM) {
		fold_library(name);
		snprintf(to, room, "%s", name);
	}
}

void an_fingerprint(char to[AN_FINGERPRINT_DIGITS + 1], const struct an_line_list *list)
{
	char token[NAME_BYTES + 300], before[sizeof token] = "";
	size_t end = end_of_interest(list);
	XXH3_state_t states[2] = { 0 };

	XXH3_128bits_reset_withSeed(&states[0], 0);
	XXH3_128bits_reset_withSeed(&states[1], 1);
	for (size_t i = 0; i < end; i++) {
		make_token(token, sizeof token, list, i, end);
		/* A part that was split off, or a recursion, of which some was inlined. */
		if (!*token || !strcmp(token, before))
			continue;
		/* The NUL keeps "a" "bc" and "ab" "c" apart. */
		for (unsigned j = 0; j < 2; j++)
			XXH3_128bits_update(&states[j], token, strlen(token) + 1);
		strcpy(before, token);
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
