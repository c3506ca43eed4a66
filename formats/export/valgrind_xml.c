/* SPDX-License-Identifier: Apache-2.0 */
/*
 * valgrind_xml.c -- Valgrind's XML, protocol 4, as Memcheck writes it and as Jenkins
 * and editors read it.
 *
 * Several traces are one document: its command is the first one's. Process numbers
 * are not kept by a check; what readers want is that they are numbers.
 */
#include "formats/export/valgrind.h"
#include "formats/export/xml.h"

#include <string.h>

static void put_head(const struct mt_export *rows, FILE *to)
{
	const char *command = rows->n_traces ? rows->traces[0].command : "";

	fputs("<?xml version=\"1.0\"?>\n\n<valgrindoutput>\n\n"
	      "<protocolversion>4</protocolversion>\n<protocoltool>memcheck</protocoltool>\n\n"
	      "<preamble>\n", to);
	fprintf(to, "  <line>memtrace %s, in the form of Memcheck</line>\n", rows->tool_version);
	fputs("</preamble>\n\n<pid>1</pid>\n<ppid>0</ppid>\n<tool>memcheck</tool>\n\n"
	      "<args>\n  <vargv>\n    <exe>memtrace</exe>\n  </vargv>\n  <argv>\n", to);
	mt_xml_element(to, "    ", "exe", command);
	fputs("  </argv>\n</args>\n\n<status>\n  <state>RUNNING</state>\n"
	      "  <time>00:00:00:00.000</time>\n</status>\n\n", to);
}

static void put_frame(FILE *to, const struct mt_export_frame *frame)
{
	const char *slash = frame->file ? strrchr(frame->file, '/') : NULL;

	if (frame->is_cut)
		return;
	fprintf(to, "    <frame>\n      <ip>0x%llX</ip>\n", (unsigned long long)frame->address);
	mt_xml_element(to, "      ", "obj", frame->path);
	mt_xml_element(to, "      ", "fn", frame->function);
	if (slash) {
		fputs("      <dir>", to);
		for (const char *at = frame->file; at < slash; at++)
			mt_xml_text(to, (const char[]){ *at, '\0' });
		fputs("</dir>\n", to);
	}
	mt_xml_element(to, "      ", "file", slash ? slash + 1 : frame->file);
	if (frame->file && frame->line)
		mt_xml_uint(to, "      ", "line", frame->line);
	fputs("    </frame>\n", to);
}

static void put_what(FILE *to, const struct mt_export_finding *finding, uint32_t n,
		     uint32_t n_all)
{
	struct mt_valgrind_words words = mt_valgrind_words(finding);

	if (words.what) {
		mt_xml_element(to, "  ", "what", words.what);
		return;
	}
	fprintf(to, "  <xwhat>\n    <text>%llu bytes in %llu blocks are %s in loss record %u of %u"
		"</text>\n", (unsigned long long)finding->bytes,
		(unsigned long long)finding->n_allocations, words.lost, n, n_all);
	mt_xml_uint(to, "    ", "leakedbytes", finding->bytes);
	mt_xml_uint(to, "    ", "leakedblocks", finding->n_allocations);
	fputs("  </xwhat>\n", to);
}

static void put_error(FILE *to, const struct mt_export_finding *finding, uint32_t n,
		      uint32_t n_all)
{
	char note[640];

	fprintf(to, "<error>\n  <unique>0x%x</unique>\n  <tid>1</tid>\n", n);
	mt_xml_element(to, "  ", "kind", mt_valgrind_words(finding).kind);
	put_what(to, finding, n, n_all);
	fputs("  <stack>\n", to);
	for (uint32_t i = 0; i < finding->n_frames; i++)
		put_frame(to, &finding->frames[i]);
	fputs("  </stack>\n", to);
	mt_export_print(note, sizeof note, "%s %s", finding->id, finding->message);
	mt_xml_element(to, "  ", "auxwhat", note);
	fputs("</error>\n\n", to);
}

static void put_counts(const struct mt_export *rows, FILE *to)
{
	uint32_t n = 0;

	fputs("<errorcounts>\n", to);
	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (mt_export_is_shown(&rows->findings[i]))
			fprintf(to, "  <pair>\n    <count>1</count>\n    <unique>0x%x</unique>\n"
				"  </pair>\n", ++n);
	fputs("</errorcounts>\n\n<suppcounts>\n</suppcounts>\n\n</valgrindoutput>\n", to);
}

int mt_export_valgrind_xml(const struct mt_export *rows, FILE *to)
{
	uint32_t n_all = 0, n = 0;

	for (uint32_t i = 0; i < rows->n_findings; i++)
		n_all += mt_export_is_shown(&rows->findings[i]);
	put_head(rows, to);
	for (uint32_t i = 0; i < rows->n_findings; i++)
		if (mt_export_is_shown(&rows->findings[i]))
			put_error(to, &rows->findings[i], ++n, n_all);
	fputs("<status>\n  <state>FINISHED</state>\n  <time>00:00:00:00.000</time>\n</status>\n\n",
	      to);
	put_counts(rows, to);
	return ferror(to) ? -1 : 0;
}
