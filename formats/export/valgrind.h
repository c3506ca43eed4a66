/* SPDX-License-Identifier: Apache-2.0 */
/*
 * valgrind.h -- a finding in Valgrind's words, for what reads its XML and its log.
 *
 * Valgrind knows fewer causes than we do; the nearest one is taken, and our own
 * sentence stands beside it. What nobody could classify is said to be possible.
 */
#ifndef FORMATS_EXPORT_VALGRIND_H
#define FORMATS_EXPORT_VALGRIND_H

#include "formats/export/rows.h"

struct mt_valgrind_words {
	const char *kind;        /* of <error> */
	const char *lost;        /* "definitely lost"; NULL: not a leak */
	const char *what;        /* of an error that is no leak; else NULL */
};

struct mt_valgrind_words mt_valgrind_words(const struct mt_export_finding *finding);

#endif
