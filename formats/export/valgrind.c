/* SPDX-License-Identifier: Apache-2.0 */
/* valgrind.c -- see valgrind.h. */
#include "formats/export/valgrind.h"

#include <string.h>

static const struct mt_valgrind_words definite = {
	"Leak_DefinitelyLost", "definitely lost", NULL };
static const struct mt_valgrind_words possible = {
	"Leak_PossiblyLost", "possibly lost", NULL };
static const struct mt_valgrind_words reachable = {
	"Leak_StillReachable", "still reachable", NULL };
static const struct mt_valgrind_words invalid = {
	"InvalidFree", NULL, "Invalid free() / delete / delete[] / realloc()" };
/* The space in the middle is Valgrind's. */
static const struct mt_valgrind_words mismatched = {
	"MismatchedFree", NULL, "Mismatched free() / delete / delete []" };

struct mt_valgrind_words mt_valgrind_words(const struct mt_export_finding *finding)
{
	if (!strcmp(finding->kind, "error"))
		return !strcmp(finding->cause, "double-free") ||
		       !strcmp(finding->cause, "invalid-free") ? invalid : mismatched;
	if (!finding->reachability)
		return possible;
	if (!strcmp(finding->reachability, "definite"))
		return definite;
	return strcmp(finding->reachability, "reachable") ? possible : reachable;
}
