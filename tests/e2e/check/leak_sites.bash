# SPDX-License-Identifier: Apache-2.0
# leak_sites.bash -- builds the program of leak_sites.py and compares what it leaks.
build()
{
	mkdir -p "$1"
	"$2" -w -g "$3" -pthread -o "$1/prog" "$4"
	memtrace run -q -o "$1.bin" "$1/prog"
	memtrace report --json "$1.bin" |
		jq -r '.findings[] | select(.reachability == "definite") | "\(.bytes) \(.fingerprint)"' | sort >"$1.list"
}
# kept A B PERCENT: so many of the leaks of A have the same fingerprint in B.
kept()
{
	local all same
	all=$(wc -l <"$1.list")
	same=$(comm -12 "$1.list" "$2.list" | wc -l)
	[ "$all" -ge 50 ] || fail "$1 has $all findings"
	[ $((same * 100)) -ge $(($3 * sites)) ] || fail "$same of $sites are the same in $1 and $2"
}
sites=$(python3 "$E2E/check/leak_sites.py" 2>&1 >prog.cc)
