/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_frame.h -- which test of a test program a stack is from, by the frame that
 * its framework calls: GoogleTest makes a class of each test, cmocka calls a
 * function.
 */
#ifndef FORMATS_EXPORT_TEST_FRAME_H
#define FORMATS_EXPORT_TEST_FRAME_H

#include "formats/export/rows.h"

/* False: from none that is known. The names of test are in to, of room bytes, or the
 * frame's. */
bool mt_export_find_test(const struct mt_export_frame *frames, uint32_t n, char *to, size_t room,
			 struct mt_export_test *test);

#endif
