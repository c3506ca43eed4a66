/* SPDX-License-Identifier: Apache-2.0 */
/*
 * valgrind_log.c -- Valgrind's text, for what counts defects by searching it, as
 * CTest does.
 *
 * A line that counts stands here for every finding that fails the check, and for no
 * other: a leak that a baseline covers is no defect. Our own words stand on lines
 * that are not counted.
 */
#include "formats/export/valgrind.h"

#define MARK "==1== "

static void put_what(FILE *to, const struct mt_export_finding *finding, uint32_t n,
		     uint32_t n_all)
{
	struct mt_valgrind_words words = mt_valgrind_words(finding);

	if (words.what)
		fprintf(to, MARK "%s\n", words.what);
	else
		fprintf(to, MARK "%llu bytes in %llu blocks are %s in loss record %u of %u\n",
			(unsigned long long)finding->bytes,
			(unsigned long long)finding->n_allocations, words.lost, n, n_all);
}

static void put_finding(FILE *to, const struct mt_export_finding *finding, uint32_t n,
			uint32_t n_all)
{
	char text[512];

	put_what(to, finding, n, n_all);
	for (uint32_t i = 0; i < finding->n_frames; i++) {
		mt_export_frame_text(text, sizeof text, &finding->frames[i]);
		fprintf(to, MARK "   %s %s\n", i ? "by" : "at", text);
	}
	fprintf(to, MARK "   memtrace %s: %s\n" MARK "\n", finding->id, finding->message);
}

static bool counts(const struct mt_export_finding *finding)
{
	return finding->level == MT_EXPORT_ERROR && mt_export_is_shown(finding);
}

int mt_export_valgrind_log(const struct mt_export *rows, FILE *to)
{
	uint32_t n_all = 0, n = 0;

	for (uint32_t i = 0; i < rows->n_findings; i++)
		n_all += counts(&rows->findings[i]);
	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (counts(&rows->findings[i]))
			put_finding(to, &rows->findings[i], ++n, n_all);
	for (uint32_t i = 0; i < rows->n_missing; i++)
		if (mt_export_is_blinding(&rows->missing[i]))
			fprintf(to, MARK "memtrace: INCONCLUSIVE: %s: %s\n", 
				rows->missing[i].reason, rows->missing[i].detail);
	if (rows->n_traces == 1 && rows->traces[0].is_ended && rows->traces[0].status)
		fprintf(to, MARK "memtrace: the program ended with status %u\n",
			rows->traces[0].status);
	fprintf(to, MARK "memtrace: verdict=%s, %s\n", rows->verdict, rows->summary);
	return ferror(to) ? -1 : 0;
}
