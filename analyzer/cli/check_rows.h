/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_rows.h -- the gate as rows for formats/export.
 *
 * All that comes from a trace is made harmless here, once, for all formats. Paths are
 * given from the top of the git work tree that we stand in, or from the working
 * directory: what reads the files knows the sources by those.
 */
#ifndef ANALYZER_CLI_CHECK_ROWS_H
#define ANALYZER_CLI_CHECK_ROWS_H

#include "analyzer/cli/check.h"
#include "formats/export/rows.h"

/* The gate has been judged, and must outlive the rows. Never NULL. */
struct check_rows *check_rows_new(const struct check *check);
void check_rows_free(struct check_rows *rows);
const struct mt_export *check_rows_export(const struct check_rows *rows);

#endif
