#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pause.sh -- what snapshots cost: how long a program stands still for one, beside a raw
# fork of the same heap in the same run; CPU time of the scan at exit by GB; and a
# script of 500 short processes with and without scans at exit.
set -eu
cd "$(dirname "$0")/../.."
BUILD=$(realpath "${BUILD:-build}")
WORK=$BUILD/bench
mkdir -p "$WORK"
"${CC:-gcc}" -O2 -pthread -o "$WORK/pause" tests/bench/pause.c
"${CC:-gcc}" -O2 -o "$WORK/cputime" tests/bench/cputime.c
cd "$WORK"

median()
{
	sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# pause THREADS MB: microseconds.
pause()
{
	local fork
	fork=$("$BUILD/memtrace" run -q --no-symbols --snapshot-at-exit=no --snapshot-every=300ms \
		-o pause.bin -- ./pause "$1" "$2" 4)
	"$BUILD/memtrace" info --json pause.bin |
		jq '.snapshots[] | select(.why == "interval" and .complete) | .pause_ns / 1000' | median |
		awk -v threads="$1" -v mb="$2" -v fork="$fork" '{
			goal = fork + 1000 + 20 * threads
			printf "pause: %d idle threads, %d MB: %.2f ms; raw fork %.2f ms; goal %.2f ms: %s\n",
				threads, mb, $1 / 1000, fork / 1000, goal / 1000, $1 <= goal ? "met" : "MISSED" }'
}

# cpu FILE OPTIONS... -- COMMAND...: CPU time of a run in ms, the median of five.
cpu()
{
	local file=$1 i
	shift
	rm -f "$file"
	for ((i = 0; i < 5; i++)); do
		./cputime "$file" "$BUILD/memtrace" run -q --no-symbols -o pause.bin "$@" >/dev/null
	done
	median <"$file"
}

pause 1 10
pause 64 10
pause 1 1000
pause 64 1000

yes=$(cpu exit.yes --snapshot-at-exit=yes -- ./pause 0 1000 0)
no=$(cpu exit.no --snapshot-at-exit=no -- ./pause 0 1000 0)
awk -v yes="$yes" -v no="$no" 'BEGIN {
	printf "exit: %.2f s of CPU for 1 GB; goal 1.5: %s\n", (yes - no) / 1000, yes - no <= 1500 ? "met" : "MISSED" }'

cat >short.sh <<'SH'
for i in $(seq 125); do
	/bin/echo $i | /usr/bin/tr 1 2 | /usr/bin/sort | /usr/bin/expr $i + 1 >/dev/null
done
SH
yes=$(cpu short.yes --snapshot-at-exit=yes -- sh short.sh)
no=$(cpu short.no --snapshot-at-exit=no -- sh short.sh)
awk -v yes="$yes" -v no="$no" 'BEGIN {
	printf "500 short processes: %.2f times the CPU without scans at exit; goal 1.2: %s\n",
		yes / no, yes <= 1.2 * no ? "met" : "MISSED" }'
