# When program and runner are killed together the calls that had finished are still there to read.
count()
{
	od -An -v -t u8 page | awk -v want="$1" '{ n += (NR - 1) % 8 == 0 ? $want : 0 } END { print n }'
}
for ((i = 0; i < 5; i++)); do
	rm -rf page trace.bin*
	traced killed_at page $((RANDOM * (i + 1) + 1000)) runner
	equal status "$traced" 137
	[ -e trace.bin.live ] || fail "no trace.bin.live"
	memtrace report >report.txt || fail "report ends with $?"
	[ "$(info .events.allocations)" -ge "$(count 1)" ] || fail "round $i: $(info .events) of $(count 1) allocations"
	[ "$(info .events.frees)" -ge "$(count 2)" ] || fail "round $i: $(info .events) of $(count 2) frees"
	holds '.complete == false' '.trace.cut == true' 'any(.missing[]; .reason == "trace-cut")'
done
