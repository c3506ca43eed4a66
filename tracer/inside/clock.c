/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c -- may the time stamp counter be used? See clock.h. */
#include "tracer/inside/clock.h"

#include <cpuid.h>
#include <string.h>

bool tr_clock_is_usable(void)
{
	unsigned a, b, c, d;
	char source[16] = "";

	if (!__get_cpuid(0x80000007u, &a, &b, &c, &d) || !(d & 1u << 8))
		return false;
	tr_read_file("/sys/devices/system/clocksource/clocksource0/current_clocksource", source,
		     sizeof(source) - 1);
	return strncmp(source, "tsc\n", 4) == 0;
}
