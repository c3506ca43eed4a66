/* SPDX-License-Identifier: Apache-2.0 */
/* xml.c -- see xml.h. */
#include "formats/export/xml.h"

void mt_xml_text(FILE *to, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&': fputs("&amp;", to); break;
		case '<': fputs("&lt;", to); break;
		case '>': fputs("&gt;", to); break;
		case '"': fputs("&quot;", to); break;
		case '\'': fputs("&apos;", to); break;
		default: fputc(*text, to);
		}
	}
}

void mt_xml_element(FILE *to, const char *indent, const char *name, const char *text)
{
	if (!text)
		return;
	fprintf(to, "%s<%s>", indent, name);
	mt_xml_text(to, text);
	fprintf(to, "</%s>\n", name);
}

void mt_xml_uint(FILE *to, const char *indent, const char *name, uint64_t value)
{
	fprintf(to, "%s<%s>%llu</%s>\n", indent, name, (unsigned long long)value, name);
}

void mt_xml_attribute(FILE *to, const char *name, const char *text)
{
	fprintf(to, " %s=\"", name);
	mt_xml_text(to, text);
	fputc('"', to);
}
