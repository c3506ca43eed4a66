/* SPDX-License-Identifier: Apache-2.0 */
/* dump.h -- one line of text per record; shared by the files of "dump". */
#ifndef ANALYZER_CLI_DUMP_H
#define ANALYZER_CLI_DUMP_H

#include "formats/io/reader.h"

#include <stdio.h>

/* A record of a stream, without what says whose it is. state is the one it was
 * decoded with. */
void dump_record(FILE *to, struct mt_stream_state *state, const struct mt_record *record);
/* The payload of a record of a snapshot; false: not one, or not understood. */
bool dump_snapshot(FILE *to, const struct mt_record *record);
/* The payload of a STANDING; false: not understood. */
bool dump_standing(FILE *to, struct mt_in *in);
/* A record of a META block. */
void dump_meta(FILE *to, uint32_t kind, struct mt_in payload);
/* A SYMBOLS block: one line each for itself, its modules and its places. */
void dump_symbols(FILE *to, uint64_t offset, struct mt_in payload);

/* " name=text", escaped and in quotes. */
void dump_text(FILE *to, const char *name, struct mt_text text);
/* " name=\"a\" \"b\"": each ends with a NUL in text. */
void dump_command(FILE *to, struct mt_text text);
/* " payload=0011ff": what is not understood. */
void dump_hex(FILE *to, const char *name, const uint8_t *bytes, size_t n_bytes);

#endif
