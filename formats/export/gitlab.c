/* SPDX-License-Identifier: Apache-2.0 */
/* gitlab.c -- a code quality report as GitLab shows it in a merge request: an array
 * of issues. It compares those of two branches by fingerprint. */
#include "formats/export/rows.h"
#include "formats/export/tree.h"

static const char *severity(const struct mt_export_finding *finding)
{
	switch (finding->level) {
	case MT_EXPORT_ERROR: return "major";
	case MT_EXPORT_WARNING: return "minor";
	default: return "info";
	}
}

/* GitLab drops an issue without a path, so that one without source is of its
 * module. */
static void put_location(json_t *issue, const struct mt_export_finding *finding)
{
	const struct mt_export_frame *place = mt_export_place(finding);
	const char *module = finding->responsible < finding->n_frames
			     ? finding->frames[finding->responsible].module : NULL;
	json_t *location = mt_tree_object(issue, "location");

	mt_tree_text(location, "path", place ? place->file : module ? module : "unknown");
	mt_tree_uint(mt_tree_object(location, "lines"), "begin", place ? place->line : 1);
}

static void put_issue(json_t *issue, const struct mt_export_finding *finding)
{
	char name[128], text[1024];

	mt_export_print(name, sizeof name, "memtrace/%s", finding->cause);
	mt_export_print(text, sizeof text, "%s %s", finding->id, finding->message);
	mt_tree_text(issue, "type", "issue");
	mt_tree_text(issue, "check_name", name);
	mt_tree_text(issue, "description", text);
	json_array_append_new(mt_tree_array(issue, "categories"), json_string("Bug Risk"));
	mt_tree_text(issue, "fingerprint", finding->fingerprint);
	mt_tree_text(issue, "severity", severity(finding));
	put_location(issue, finding);
}

int mt_export_gitlab(const struct mt_export *rows, FILE *to)
{
	json_t *root = json_array();

	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (mt_export_is_shown(&rows->findings[i]))
			put_issue(mt_tree_element(root), &rows->findings[i]);
	return mt_tree_print(root, to);
}
