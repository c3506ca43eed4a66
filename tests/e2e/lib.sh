# SPDX-License-Identifier: Apache-2.0
# lib.sh -- the words cases are written in. A case stands in an empty directory;
# `memtrace` is the installed command, $PROGS holds the programs of tests/progs.

export PATH="$PATH:$PROGS"

fail()
{
	echo "failed: $*" >&2
	exit 1
}

skip()
{
	echo "$*"
	exit 77
}

# equal WHAT GOT EXPECTED
equal()
{
	[ "$2" = "$3" ] || fail "$1: got $2, expected $3"
}

# status COMMAND...: its exit status in $got, never the end of the case.
status()
{
	got=0
	"$@" || got=$?
}

# says FILE REGEX...: each is found in FILE.
says()
{
	local file=$1 regex
	shift
	for regex; do
		grep -qE -e "$regex" "$file" || fail "$file does not say '$regex':
$(head -n 20 "$file")"
	done
}

# bare COMMAND...: as it is without memtrace; leaves bare.out, bare.err, $bare.
bare()
{
	bare=0
	"$@" >bare.out 2>bare.err <"${stdin:-/dev/null}" || bare=$?
}

# traced COMMAND...: the same under `memtrace run`; leaves traced.out,
# traced.err, $traced and trace.bin. $options are memtrace's own.
traced()
{
	traced=0
	memtrace run -q ${options:-} -o trace.bin -- "$@" \
		>traced.out 2>traced.err <"${stdin:-/dev/null}" || traced=$?
}

# same COMMAND...: runs it bare and traced, and both said and did the same;
# then the trace passes its self-check.
same()
{
	bare "$@"
	traced "$@"
	diff -u --label bare bare.out --label traced traced.out || fail "another output"
	diff -u --label bare bare.err --label traced traced.err || fail "another standard error"
	equal "exit status" "$traced" "$bare"
	sound
}

# sound [FILE]: replaying it holds every invariant.
sound()
{
	memtrace dump --self-check "${1:-trace.bin}" >check.out 2>&1 ||
		fail "dump --self-check: $(tail -n 5 check.out)"
}

# ask EXPRESSION: what jq makes of report.json, with the words of truth.jq.
ask()
{
	jq -c -L "$E2E" "include \"truth\"; $1" report.json
}

# report EXPRESSION, info EXPRESSION: what jq makes of the JSON of $file.
report()
{
	memtrace report --json "${file:-trace.bin}" >report.json || fail "report --json ended with $?"
	ask "$1"
}

info()
{
	memtrace info --json "${file:-trace.bin}" | jq -c "$1"
}

# holds EXPRESSION...: each is true of the report.
holds()
{
	local expression
	report empty
	for expression; do
		[ "$(ask "$expression")" = true ] || fail "does not hold: $expression
$(ask '{complete, missing, notes, totals, functions: functions, processes: [.processes[] | {id, pid, parent_id, command, "end": .end}]}' | cut -c1-3000)"
	done
}

# complete: nothing was missed, but for what went with a memory that exec replaced.
complete()
{
	holds '.complete' '[.missing[] | select(.reason != "no-snapshot")] == []'
}

# recorded: every event is there; whether there is a snapshot is another question.
recorded()
{
	holds '[.missing[] | select(.reason != "no-snapshot")] == []'
}

# wait_for COMMAND...: until it succeeds. The bound only ends what hangs.
wait_for()
{
	local tries=2000
	until "$@" >/dev/null 2>&1; do
		[ $((tries -= 1)) -gt 0 ] || fail "never came true: $*"
		sleep 0.02
	done
}

# on_terminal COMMAND: starts it on a terminal of its own, in the background, as
# $terminal: what is written to descriptor 3 is typed, what it shows is in out.
on_terminal()
{
	mkfifo keys
	exec 3<>keys
	# The shell ignores these for what it starts in the background.
	# And no shell stands between: one that waits would die of Ctrl-C itself.
	env --default-signal=INT,QUIT script -qec "exec $1" /dev/null <keys >out 2>&1 &
	terminal=$!
	trap 'kill $terminal 2>/dev/null || :' EXIT
}

need_root()
{
	[ "$(id -u)" = 0 ] || skip "needs root"
}
