/* SPDX-License-Identifier: Apache-2.0 */
/*
 * annotation.h -- what the program itself says, through tracer/memtrace.h, as
 * payloads of extended records; in the manner of record.h.
 */
#ifndef FORMATS_WIRE_ANNOTATION_H
#define FORMATS_WIRE_ANNOTATION_H

#include "formats/wire/event.h"

/* MT_KIND_MARK: a unit of work of this name ended, at the record's time. */
struct mt_mark {
	struct mt_text name;
};
void mt_put_mark(struct mt_out *out, const struct mt_mark *mark);
int mt_get_mark(const struct mt_record *record, struct mt_mark *mark);

enum mt_annotation_what {
	MT_ANNOTATION_TYPE = 1,  /* text is the type of what lies at addr */
	MT_ANNOTATION_IGNORE,    /* the allocation at addr is no leak */
	MT_ANNOTATION_ROOT,      /* words in size bytes from addr on hold what they point to */
	MT_N_ANNOTATIONS,
};

/* MT_KIND_ANNOTATION: holds until the allocation that addr lies in is released. */
struct mt_annotation {
	uint8_t what;            /* enum mt_annotation_what */
	uint64_t addr;
	uint64_t size;           /* of ROOT, else 0 */
	struct mt_text text;     /* of TYPE, else empty */
};
void mt_put_annotation(struct mt_out *out, const struct mt_annotation *annotation);
int mt_get_annotation(const struct mt_record *record, struct mt_annotation *annotation);

/* Longer texts are cut by the writer, so that every record fits. */
enum { MT_ANNOTATION_TEXT_BYTES_MAX = 1024 };

#endif
