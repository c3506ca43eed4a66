/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status.h -- what can be wrong with a trace. Zero is fine, errors are
 * negative; iterators return 1 for "here is one", 0 for the end.
 */
#ifndef FORMATS_WIRE_STATUS_H
#define FORMATS_WIRE_STATUS_H

/* One list makes the enum and the names. */
#define MT_STATUS_LIST(ITEM) \
	ITEM(MT_OK, 0, "no error") \
	ITEM(MT_ERR_SYSTEM, -1, "a system call failed") \
	ITEM(MT_ERR_NOT_A_TRACE, -2, "not a memtrace trace") \
	ITEM(MT_ERR_VERSION, -3, "written by a newer memtrace") \
	ITEM(MT_ERR_HEADER, -4, "the header is not whole") \
	ITEM(MT_ERR_BLOCK, -5, "a block is damaged") \
	ITEM(MT_ERR_CUT, -6, "the trace is cut") \
	ITEM(MT_ERR_RECORD, -7, "a record is damaged") \
	ITEM(MT_ERR_MEMORY, -8, "out of memory") \
	ITEM(MT_ERR_COMPRESSION, -9, "a block cannot be decompressed") \
	ITEM(MT_ERR_FULL, -10, "no room for more")

#define MT_STATUS_ENUM(name, value, text) name = value,
enum mt_status { MT_STATUS_LIST(MT_STATUS_ENUM) };
#undef MT_STATUS_ENUM

/* The text of a status; never NULL, not to be freed. */
const char *mt_status_text(int status);

#endif
