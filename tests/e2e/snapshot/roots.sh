# At exit each place that holds an allocation is told, as memory of its kind, and with the thread it belongs to.
same snapshot_roots
memtrace dump trace.bin >dump.txt

# where SIZE [OFFSET]: the kinds of memory with a word that points there, sorted.
where()
{
	awk -v size="size=$1" -v offset="${2:-0}" '
	function number(hex,   i, n) {
		for (i = 3; i <= length(hex); i++)
			n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
		return n
	}
	$5 ~ /^alloc/ && $7 == size { at = number($6) + offset }
	$5 == "snapshot-range" { kind = $7 }
	$5 == "snapshot-words" {
		for (i = 7; i <= NF; i++) {
			split($i, pair, "=")
			if (length(pair[2]) < 18 && number(pair[2]) == at)
				found[kind]
		}
	}
	END { for (kind in found) print kind }' dump.txt | sort | paste -s -d ' '
}

grep -q 'snapshot-thread .* self' dump.txt || fail "the scanning thread is not listed"
grep -q 'snapshot-end .* incomplete' dump.txt && fail "not complete"
grep -q 'snapshot-thread .* held' dump.txt || fail "the other thread ran on:
$(grep snapshot-thread dump.txt)"
[[ " $(where 1001) " == *" module "* ]] || fail "global: $(where 1001)"
[[ " $(where 1002) " == *" tls "* ]] || fail "thread-local: $(where 1002)"
[[ " $(where 1003) " == *" stack "* ]] || fail "frame of a live thread: $(where 1003)"
[[ " $(where 1004) " == *" stack "* ]] || fail "thread-local of a live thread: $(where 1004)"
equal "frame of a joined thread" "$(where 1005)" dead-stack
[[ " $(where 1006) " == *" anonymous "* ]] || fail "mapped private: $(where 1006)"
[[ " $(where 1007) " == *" shared "* ]] || fail "mapped shared: $(where 1007)"
[[ " $(where 1008) " == *" heap "* ]] || fail "in another allocation: $(where 1008)"
[[ " $(where 1016 1016) " == *" module "* ]] || fail "one past the end: $(where 1016 1016)"
equal "live threads with a stack" "$(grep -c 'snapshot-range .* stack at=.* tid=[1-9]' dump.txt)" 2
grep -q '=0xfffb[0-9a-f]\{12\}' dump.txt || fail "a tagged pointer is not told"
grep -q 'snapshot-range .* heap at=.* name=".*libc' dump.txt || fail "malloc's own state in libc is not told from its data"
