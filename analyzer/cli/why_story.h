/* SPDX-License-Identifier: Apache-2.0 */
/* why_story.h -- the section HISTORY of "why": what earlier snapshots and reallocs tell
 * of the subject. */
#ifndef ANALYZER_CLI_WHY_STORY_H
#define ANALYZER_CLI_WHY_STORY_H

#include "analyzer/cli/why.h"

/* Nothing when there is nothing to tell. Reads the trace again when it has earlier
 * snapshots. */
void why_put_story(struct out *out, const struct subject *subject,
		   const struct an_findings_options *wanted);

#endif
