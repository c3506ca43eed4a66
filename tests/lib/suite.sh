# SPDX-License-Identifier: Apache-2.0
# suite.sh -- what the runners of whole-program suites share: the installed
# command to test, running cases side by side, counting what they said.
#
# A case ends with 0 (passed), 77 (skipped, the reason on its last line) or
# anything else (failed). Its result is a file $WORK/results/<case>: the word
# passed, failed or skipped, and the log beside it. Nothing is counted twice and
# nothing is lost when a case dies: no result file is a failure.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BUILD=$(mkdir -p "${BUILD:-build}" && cd "${BUILD:-build}" && pwd)
export ROOT BUILD

# Installs into $BUILD/stage, a place the command was not told of when it was
# built: what is tested is an installed tree that was moved. The command's
# directory goes first in PATH, Debian's own programs right behind.
stage()
{
	if ! flock "$BUILD/stage.lock" "${MAKE:-make}" -s --no-print-directory -C "$ROOT" \
		BUILD="$BUILD" DESTDIR="$BUILD/stage" PREFIX=/usr install \
		>"$BUILD/stage.log" 2>&1; then
		cat "$BUILD/stage.log"
		echo "cannot install into $BUILD/stage"
		exit 1
	fi
	export PATH="$BUILD/stage/usr/bin:/usr/bin:/bin:/usr/sbin:/sbin"
}

# The same surroundings for every case, whoever starts it.
calm_environment()
{
	local name
	for name in $(compgen -e | grep -E '^(MEMTRACE|LD_|MALLOC_|DEBUGINFOD|GLIBC_TUNABLES)'); do
		unset "$name"
	done
	unset NO_COLOR PAGER MAKEFLAGS MAKELEVEL MFLAGS CDPATH ENV BASH_ENV
	export LC_ALL=C TZ=UTC TERM=dumb COLUMNS=100
}

# is_listed SUITE CASE: the skip is one that tests/skips knows of.
is_listed()
{
	grep -q "^$1 $2 " "$ROOT/tests/skips"
}

# finish SUITE: one line per failure and skip, then the sum; the line also goes
# to $BUILD/counts/SUITE. Case names on standard input.
finish()
{
	local suite=$1 name result passed=0 failed=0 skipped=0 reason
	while read -r name; do
		result=$(cat "$WORK/results/$name" 2>/dev/null || echo failed)
		if [ "$result" = skipped ]; then
			reason=$(tail -n 1 "$WORK/results/$name.log")
			echo "skipped  $suite $name: $reason"
			if [ -n "${CI:-}" ] && ! is_listed "$suite" "$name"; then
				echo "failed   $suite $name: the skip is not listed in tests/skips"
				result=failed
			fi
		fi
		case $result in
		passed) passed=$((passed + 1)) ;;
		skipped) skipped=$((skipped + 1)) ;;
		*) failed=$((failed + 1)); echo "failed   $suite $name" ;;
		esac
	done
	mkdir -p "$BUILD/counts"
	echo "$passed passed, $failed failed, $skipped skipped" | tee "$BUILD/counts/$suite" |
		sed "s/^/$suite: /"
	[ "$failed" = 0 ] && [ "$((passed + skipped))" != 0 ]
}
