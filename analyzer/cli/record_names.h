/* SPDX-License-Identifier: Apache-2.0 */
/* record_names.h -- the words for the records of a trace, as FORMAT.md has them. */
#ifndef ANALYZER_CLI_RECORD_NAMES_H
#define ANALYZER_CLI_RECORD_NAMES_H

#include <stdint.h>

/* NULL for a number that is none. */
const char *record_op_name(uint32_t op);         /* enum mt_op */
const char *record_kind_name(uint32_t kind);     /* enum mt_kind */
const char *record_meta_name(uint32_t kind);     /* enum mt_meta */
const char *record_drop_name(uint32_t reason);   /* enum mt_drop_reason */

#endif
