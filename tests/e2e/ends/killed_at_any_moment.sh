# Of a program killed by SIGKILL at any moment the trace holds at least the calls that had finished.
count()
{
	od -An -v -t u8 page | awk -v want="$1" '{ n += (NR - 1) % 8 == 0 ? $want : 0 } END { print n }'
}
for ((i = 0; i < 20; i++)); do
	rm -f page trace.bin
	traced killed_at page $((RANDOM * (i + 1)))
	equal status "$traced" 137
	[ "$(info .events.allocations)" -ge "$(count 1)" ] || fail "round $i: $(info .events) of $(count 1) allocations"
	[ "$(info .events.frees)" -ge "$(count 2)" ] || fail "round $i: $(info .events) of $(count 2) frees"
	sound
done
