#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# check.sh -- what "run --check" adds to a test of 50 ms that leaks nothing: wall and
# CPU time in ms, the median of ROUNDS. The goal is 150 ms on a machine that has
# nothing else to do.
set -eu
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
ROUNDS=${ROUNDS:-11}
mkdir -p "$BUILD/bench/check"
cd "$BUILD/bench/check"
cat >test.c <<'C'
#include <stdlib.h>
#include <time.h>
static void *volatile kept;
int main(void)
{
	unsigned long x = 1;

	for (int i = 0; i < 20000; i++) {
		kept = malloc(64);
		free(kept);
	}
	while (clock() < CLOCKS_PER_SEC / 20)
		for (int i = 0; i < 10000; i++)
			x = x * 31 + 7;
	return !x;
}
C
"${CC:-gcc}" -O1 -g -o test test.c
TIMEFORMAT='%R %U %S'
for ((i = 0; i < ROUNDS; i++)); do
	{ time ./test; } 2>>bare.$$
	{ time "$BUILD/memtrace" run --check --quiet-if-clean ./test; } 2>>checked.$$
done
# Of the column, in ms.
median()
{
	awk -v wall="$2" '{ print wall ? $1 : $2 + $3 }' "$1" | sort -n |
		awk '{ v[NR] = $1 } END { printf "%d\n", v[int((NR + 1) / 2)] * 1000 }'
}
echo "wall: bare $(median bare.$$ 1) ms, run --check $(median checked.$$ 1) ms"
echo "CPU:  bare $(median bare.$$ 0) ms, run --check $(median checked.$$ 0) ms"
rm -f bare.$$ checked.$$
