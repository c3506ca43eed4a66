/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h -- what every unit test includes first: cmocka and its four headers. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define RUN_UNIT_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)

#endif
