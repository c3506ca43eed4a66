/* SPDX-License-Identifier: Apache-2.0 */
/* xml.h -- text as XML wants it, in an element or in an attribute. */
#ifndef FORMATS_EXPORT_XML_H
#define FORMATS_EXPORT_XML_H

#include <stdint.h>
#include <stdio.h>

void mt_xml_text(FILE *to, const char *text);
/* <name>text</name>, and nothing for NULL. */
void mt_xml_element(FILE *to, const char *indent, const char *name, const char *text);
void mt_xml_uint(FILE *to, const char *indent, const char *name, uint64_t value);
/* " name=\"text\"" */
void mt_xml_attribute(FILE *to, const char *name, const char *text);

#endif
