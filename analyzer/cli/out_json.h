/* SPDX-License-Identifier: Apache-2.0 */
/*
 * out_json.h -- writes JSON as it comes, so that a report on a million frames
 * needs no tree of them. Integers are exact to 64 bits; strings may be any bytes
 * (what is no UTF-8 becomes U+FFFD).
 *
 * Keys are passed as NULL inside arrays. One member of the outermost object, and
 * one element of the arrays just below it, stands on a line of its own.
 */
#ifndef ANALYZER_CLI_OUT_JSON_H
#define ANALYZER_CLI_OUT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	unsigned depth;
	bool has_before;       /* something stands before in this object or array */
};

void out_json_open_object(struct json *json, const char *key);
void out_json_close_object(struct json *json);
void out_json_open_array(struct json *json, const char *key);
void out_json_close_array(struct json *json);

/* NULL becomes null. */
void out_json_text(struct json *json, const char *key, const char *text);
void out_json_uint(struct json *json, const char *key, uint64_t value);
void out_json_bool(struct json *json, const char *key, bool value);
void out_json_null(struct json *json, const char *key);
/* "0x55d0c8a0" */
void out_json_address(struct json *json, const char *key, uint64_t address);

#endif
