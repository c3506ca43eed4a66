/* SPDX-License-Identifier: Apache-2.0 */
/* annotation.c -- see annotation.h. Fields in the order of their declaration. */
#include "formats/wire/annotation.h"
#include "formats/wire/payload.h"

void mt_put_mark(struct mt_out *out, const struct mt_mark *mark)
{
	mt_put_text(out, mark->name);
}

int mt_get_mark(const struct mt_record *record, struct mt_mark *mark)
{
	struct mt_in in = mt_payload_in(record);

	mark->name = mt_get_text(&in);
	return mt_payload_status(&in);
}

void mt_put_annotation(struct mt_out *out, const struct mt_annotation *annotation)
{
	mt_put_u8(out, annotation->what);
	mt_put_uleb(out, annotation->addr);
	mt_put_uleb(out, annotation->size);
	mt_put_text(out, annotation->text);
}

int mt_get_annotation(const struct mt_record *record, struct mt_annotation *annotation)
{
	struct mt_in in = mt_payload_in(record);

	annotation->what = mt_get_u8(&in);
	annotation->addr = mt_get_uleb(&in);
	annotation->size = mt_get_uleb(&in);
	annotation->text = mt_get_text(&in);
	return mt_payload_status(&in);
}
