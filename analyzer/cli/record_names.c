/* SPDX-License-Identifier: Apache-2.0 */
/* record_names.c -- see record_names.h. */
#include "analyzer/cli/record_names.h"
#include "formats/wire/record.h"

#include <stddef.h>

static const char *const ops[] = {
	[MT_OP_ALLOC_SAME] = "alloc-same", [MT_OP_ALLOC] = "alloc",
	[MT_OP_ALLOC_SIZE] = "alloc-size", [MT_OP_FREE] = "free",
	[MT_OP_DELETE_SIZED] = "delete-sized", [MT_OP_REALLOC] = "realloc",
	[MT_OP_DELETE] = "delete", [MT_OP_EXTENDED] = "extended",
};

static const char *const kinds[] = {
	[MT_KIND_FILL] = "fill", [MT_KIND_THREAD] = "thread",
	[MT_KIND_THREAD_NAME] = "thread-name", [MT_KIND_PROCESS] = "process",
	[MT_KIND_MODULE] = "module", [MT_KIND_MODULE_GONE] = "module-gone",
	[MT_KIND_STACK] = "stack", [MT_KIND_ALLOC_ANY] = "alloc-any",
	[MT_KIND_FREE_ANY] = "free-any", [MT_KIND_REALLOC_ANY] = "realloc-any",
	[MT_KIND_REALLOC_END] = "realloc-end", [MT_KIND_EXEC] = "exec",
	[MT_KIND_EXEC_FAILED] = "exec-failed", [MT_KIND_END] = "end",
	[MT_KIND_DROPPED] = "dropped", [MT_KIND_NOTE] = "note",
	[MT_KIND_STACK_DIFFERS] = "stack-differs", [MT_KIND_FORK] = "fork",
	[MT_KIND_SNAPSHOT] = "snapshot", [MT_KIND_SNAPSHOT_CUT] = "snapshot-cut",
	[MT_KIND_SNAPSHOT_THREAD] = "snapshot-thread",
	[MT_KIND_SNAPSHOT_RANGE] = "snapshot-range",
	[MT_KIND_SNAPSHOT_WORDS] = "snapshot-words", [MT_KIND_SNAPSHOT_END] = "snapshot-end",
	[MT_KIND_FREE_STACK] = "free-stack", [MT_KIND_MARK] = "mark",
	[MT_KIND_ANNOTATION] = "annotation", [MT_KIND_SNAPSHOT_PLAIN] = "snapshot-plain",
	[MT_KIND_STANDING] = "standing", [MT_KIND_MODULE_GLOBALS] = "module-globals",
};

static const char *const metas[] = {
	[MT_META_RUN] = "run", [MT_META_CLOCK] = "clock", [MT_META_ENDED] = "ended",
	[MT_META_NOTE] = "note", [MT_META_DROPPED] = "dropped", [MT_META_VERIFIED] = "verified",
	[MT_META_STANDING] = "standing",
};

static const char *const drops[] = {
	[MT_DROP_FULL] = "full", [MT_DROP_NESTED] = "nested",
	[MT_DROP_NO_CHANNEL] = "no-channel", [MT_DROP_NO_STATE] = "no-state",
	[MT_DROP_DISK] = "disk",
};

#define NAME_IN(table, i) ((i) < sizeof(table) / sizeof(*(table)) ? (table)[i] : NULL)

const char *record_op_name(uint32_t op)
{
	return NAME_IN(ops, op);
}

const char *record_kind_name(uint32_t kind)
{
	return NAME_IN(kinds, kind);
}

const char *record_meta_name(uint32_t kind)
{
	return NAME_IN(metas, kind);
}

const char *record_drop_name(uint32_t reason)
{
	return NAME_IN(drops, reason);
}
