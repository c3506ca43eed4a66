/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h -- JSON built as a tree, for the formats whose parts point at each other.
 *
 * A tree that ran out of memory on the way is NULL or lacks a part; printing it
 * says so.
 */
#ifndef FORMATS_EXPORT_TREE_H
#define FORMATS_EXPORT_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* NULL becomes null. */
void mt_tree_text(json_t *object, const char *key, const char *text);
void mt_tree_uint(json_t *object, const char *key, uint64_t value);
void mt_tree_bool(json_t *object, const char *key, bool value);
/* A new, empty object or array as a member, or as the last element. */
json_t *mt_tree_object(json_t *object, const char *key);
json_t *mt_tree_array(json_t *object, const char *key);
json_t *mt_tree_element(json_t *array);
/* {"text": text} as a member. */
void mt_tree_message(json_t *object, const char *key, const char *text);

/* Prints the tree with a newline behind it, and lets go of it. 0, or -1. */
int mt_tree_print(json_t *tree, FILE *to);

#endif
