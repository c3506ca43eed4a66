/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c -- see tree.h. */
#include "formats/export/tree.h"

void mt_tree_text(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, text ? json_string(text) : json_null());
}

void mt_tree_uint(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(object, key,
			    json_integer(value < INT64_MAX ? (json_int_t)value : INT64_MAX));
}

void mt_tree_bool(json_t *object, const char *key, bool value)
{
	json_object_set_new(object, key, json_boolean(value));
}

json_t *mt_tree_object(json_t *object, const char *key)
{
	json_object_set_new(object, key, json_object());
	return json_object_get(object, key);
}

json_t *mt_tree_array(json_t *object, const char *key)
{
	json_object_set_new(object, key, json_array());
	return json_object_get(object, key);
}

json_t *mt_tree_element(json_t *array)
{
	json_array_append_new(array, json_object());
	return json_array_get(array, json_array_size(array) - 1);
}

void mt_tree_message(json_t *object, const char *key, const char *text)
{
	mt_tree_text(mt_tree_object(object, key), "text", text);
}

int mt_tree_print(json_t *tree, FILE *to)
{
	int status = tree ? json_dumpf(tree, to, JSON_INDENT(1)) : -1;

	json_decref(tree);
	return status || fputc('\n', to) == EOF || ferror(to) ? -1 : 0;
}
