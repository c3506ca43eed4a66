# SPDX-License-Identifier: Apache-2.0
# lib.sh -- what every real program is held to.

export PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0 GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_PAGER=cat
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

prepare() { :; }
reset() { :; }
also() { :; }

# A run of the command: NAME.out, NAME.err, NAME.status.
run_as()
{
	local name=$1 ended=0
	shift
	reset
	"$@" "${command[@]}" >"$name.out" 2>"$name.err" <"${stdin:-/dev/null}" || ended=$?
	echo $ended >"$name.status"
}

# agree A B KIND: the files are equal, or the two bare ones are not either.
agree()
{
	cmp -s "bare1.$1" "bare2.$1" || return 0
	diff -u --label bare --label traced "bare1.$1" "traced.$1" | head -n 20 | cat -v
	cmp -s "bare1.$1" "traced.$1" || fail "traced.$1 differs from the bare run's"
}

# count N: the Nth number of the counter's page.
count()
{
	od -An -t u8 -v -w8 page | sed -n "$1p" | tr -d ' '
}

run_case()
{
	prepare
	gcc -O2 -fno-builtin -D_GNU_SOURCE -shared -fPIC -DPAGE="\"$PWD/page\"" -o counter.so \
		"$REAL/counter.c" -ldl
	truncate -s 0 page && truncate -s 4096 page
	run_as bare1
	run_as bare2
	run_as traced env "LD_PRELOAD=$PWD/counter.so" memtrace run -q -o trace.bin --
	equal "exit status" "$(cat traced.status)" "$(cat bare1.status)"
	agree out
	agree err
	equal_counts
	sound
	complete
	holds '.totals.allocated_bytes - .totals.freed_bytes == .totals.live_bytes' \
		'.totals.allocations - .totals.frees == .totals.live_allocations' \
		'(.sites | sum(.live_bytes)) == .totals.live_bytes' \
		'(.sites | sum(.allocations)) == .totals.allocations'
	jq -r '"\(.events.allocations) allocations, \(.events.frees) frees, as the counter says"' info.json
	also
}

equal_counts()
{
	[ "$(count 3)" -gt 0 ] || fail "the counter was not loaded"
	memtrace info --json >info.json
	equal "allocations" "$(jq .events.allocations info.json)" "$(count 1)"
	equal "frees" "$(jq .events.frees info.json)" "$(count 2)"
}

# verified AT_LEAST: the stacks of a run that compares every one with libunwind's.
verified()
{
	rm -f trace.bin
	MEMTRACE_VERIFY_STACKS=1 run_as verified memtrace run -q -o trace.bin --
	memtrace info --json >info.json
	jq -c .verified info.json
	jq -e ".verified.equal >= $1 and .verified.different <= .verified.equal / 10000" \
		info.json >/dev/null || fail "stacks differ: $(jq -c .verified info.json)"
}

# document: about 5 MB of XML and of JSON, the same in every run.
document()
{
	awk 'BEGIN {
		srand(7); print "<list>"
		for (i = 0; i < 36000; i++)
			printf "<entry id=\"%d\" kind=\"k%d\"><name>name of %d</name><value>%d</value><note>%s</note></entry>\n",
				i, i % 17, i, int(rand() * 1e9), substr("some words that fill the note to a length", 1, 10 + i % 30)
		print "</list>"
	}' >document.xml
	awk 'BEGIN {
		srand(7); print "["
		for (i = 0; i < 45000; i++)
			printf "%s{\"id\": %d, \"kind\": \"k%d\", \"name\": \"name of %d\", \"values\": [%d, %d], \"note\": null}\n",
				i ? "," : "", i, i % 17, i, int(rand() * 1e9), int(rand() * 1e9)
		print "]"
	}' >document.json
}
