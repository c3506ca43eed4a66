/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fingerprint.h -- what makes a finding the same one in another build: the
 * functions of its stack and the modules they are in, without addresses, line
 * numbers, template arguments, and what the compiler appends to names.
 */
#ifndef ANALYZER_FINDINGS_FINGERPRINT_H
#define ANALYZER_FINDINGS_FINGERPRINT_H

#include "analyzer/findings/stack_names.h"

#include <stddef.h>

enum { AN_FINGERPRINT_DIGITS = 64 };

/*
 * The stable part of a demangled or plain name: no parameters, return type,
 * template arguments or qualifiers after the parameters; no ".isra.0", ".part.1",
 * ".constprop.0", ".cold", " [clone ...]"; no hash at the end of Rust's names.
 * Writes at most room bytes with the NUL.
 */
void an_normalise_function(char *to, size_t room, const char *function);

/* AN_FINGERPRINT_DIGITS hexadecimal digits and a NUL. */
void an_fingerprint(char to[AN_FINGERPRINT_DIGITS + 1], const struct an_line_list *list);
/* One fingerprint of several and the role they play. */
void an_fingerprint_mix(char to[AN_FINGERPRINT_DIGITS + 1], const char *role,
			const char *const *fingerprints, size_t n);

#endif
