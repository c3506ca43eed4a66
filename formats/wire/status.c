/* SPDX-License-Identifier: Apache-2.0 */
/* status.c -- the names of errors; see status.h. */
#include "formats/wire/status.h"

const char *mt_status_text(int status)
{
#define MT_STATUS_CASE(name, value, text) \
	case value: \
		return text;
	switch (status) {
		MT_STATUS_LIST(MT_STATUS_CASE)
	}
#undef MT_STATUS_CASE
	return "unknown error";
}
