/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c -- the table of formats, and what several of them need; see rows.h. */
#include "formats/export/rows.h"

#include <stdarg.h>
#include <string.h>

const struct mt_export_format mt_export_formats[] = {
	{ "sarif", mt_export_sarif },
	{ "junit", mt_export_junit },
	{ "github", mt_export_github },
	{ "gitlab", mt_export_gitlab },
	{ "valgrind-xml", mt_export_valgrind_xml },
	{ "valgrind-log", mt_export_valgrind_log },
	{ "markdown", mt_export_markdown },
	{ NULL, NULL },
};

const struct mt_export_frame *mt_export_place(const struct mt_export_finding *finding)
{
	for (uint32_t i = finding->responsible; i < finding->n_frames; i++)
		if (finding->frames[i].file && finding->frames[i].line &&
		    (i == finding->responsible || !finding->frames[i].is_foreign))
			return &finding->frames[i];
	return NULL;
}

/* Of the character that begins with this byte. */
static int length(char first)
{
	unsigned char byte = (unsigned char)first;

	return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

void mt_export_print(char *to, size_t room, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(to, room, format, arguments);
	va_end(arguments);
	if (n < 0)
		*to = '\0';
	if (n < 0 || (size_t)n < room)
		return;
	/* Back over what follows a first byte, and over that if not all follows. */
	for (n = (int)room - 2; n > 0 && (to[n] & 0xc0) == 0x80; n--)
		;
	if (n + length(to[n]) >= (int)room)
		to[n] = '\0';
}

void mt_export_frame_text(char *to, size_t room, const struct mt_export_frame *frame)
{
	const char *function = frame->function ? frame->function : "??";

	if (frame->is_cut && frame->n_cut)
		mt_export_print(to, room, "(%u frames are missing)", frame->n_cut);
	else if (frame->is_cut)
		mt_export_print(to, room, "(frames are missing)");
	else if (frame->file && frame->line)
		mt_export_print(to, room, "%s  %s:%u", function, frame->file, frame->line);
	else if (frame->file || frame->module)
		mt_export_print(to, room, "%s  (%s)", function,
				frame->file ? frame->file : frame->module);
	else
		mt_export_print(to, room, "%s", function);
}

bool mt_export_is_shown(const struct mt_export_finding *finding)
{
	return !finding->is_suppressed && strcmp(finding->status, "elsewhere");
}

bool mt_export_is_blinding(const struct mt_export_missing *missing)
{
	return missing->affects_verdict && !missing->is_allowed;
}
