/* SPDX-License-Identifier: Apache-2.0 */
/* out_json.c -- see out_json.h. */
#include "analyzer/cli/out_json.h"
#include "analyzer/cli/out_text.h"

#include <string.h>

static void put_string(FILE *to, const char *text)
{
	size_t n = strlen(text);

	fputc('"', to);
	for (size_t i = 0; i < n;) {
		uint32_t code;
		unsigned n_code = text_utf8(text + i, n - i, &code);

		if (!n_code)
			fputs("\xef\xbf\xbd", to);
		else if (code == '"' || code == '\\')
			fprintf(to, "\\%c", (int)code);
		else if (code < 0x20 || code == 0x7f)
			fprintf(to, "\\u%04x", code);
		else
			fwrite(text + i, 1, n_code, to);
		i += n_code ? n_code : 1;
	}
	fputc('"', to);
}

static void begin(struct json *json, const char *key)
{
	if (json->has_before)
		fputc(',', json->to);
	if (json->depth == 1)
		fputs("\n ", json->to);
	else if (json->depth == 2 && !key)
		fputs("\n  ", json->to);
	else if (json->has_before)
		fputc(' ', json->to);
	if (key) {
		put_string(json->to, key);
		fputs(": ", json->to);
	}
	json->has_before = true;
}

static void open_with(struct json *json, const char *key, char bracket)
{
	begin(json, key);
	fputc(bracket, json->to);
	json->depth++;
	json->has_before = false;
}

static void close_with(struct json *json, char bracket)
{
	json->depth--;
	if (!json->depth)
		fputc('\n', json->to);
	fputc(bracket, json->to);
	if (!json->depth)
		fputc('\n', json->to);
	json->has_before = true;
}

void out_json_open_object(struct json *json, const char *key)
{
	open_with(json, key, '{');
}

void out_json_close_object(struct json *json)
{
	close_with(json, '}');
}

void out_json_open_array(struct json *json, const char *key)
{
	open_with(json, key, '[');
}

void out_json_close_array(struct json *json)
{
	close_with(json, ']');
}

void out_json_text(struct json *json, const char *key, const char *text)
{
	begin(json, key);
	if (text)
		put_string(json->to, text);
	else
		fputs("null", json->to);
}

void out_json_uint(struct json *json, const char *key, uint64_t value)
{
	begin(json, key);
	fprintf(json->to, "%llu", (unsigned long long)value);
}

void out_json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	fputs(value ? "true" : "false", json->to);
}

void out_json_null(struct json *json, const char *key)
{
	begin(json, key);
	fputs("null", json->to);
}

void out_json_address(struct json *json, const char *key, uint64_t address)
{
	begin(json, key);
	fprintf(json->to, "\"0x%llx\"", (unsigned long long)address);
}
