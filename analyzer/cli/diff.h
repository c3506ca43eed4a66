/* SPDX-License-Identifier: Apache-2.0 */
/* diff.h -- what "diff" was asked for, and its renderings. */
#ifndef ANALYZER_CLI_DIFF_H
#define ANALYZER_CLI_DIFF_H

#include "analyzer/cli/cmd.h"
#include "analyzer/findings/diff.h"

struct diff_options {
	bool is_json, is_markdown;
	uint64_t n_top;
};

/* As the command line names them, and what was read. */
struct diff_sides {
	const char *names[2];
	bool is_complete[2];         /* nothing was missed that may matter */
};

void diff_text(const struct an_diff *diff, const struct diff_sides *sides,
	       const struct diff_options *options, struct out *out);
void diff_markdown(const struct an_diff *diff, const struct diff_sides *sides,
		   const struct diff_options *options, FILE *to);
void diff_json(const struct an_diff *diff, const struct diff_sides *sides, FILE *to);

#endif
