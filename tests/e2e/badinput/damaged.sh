# A damaged trace is read before and after the damage, with 4, and the certificate says so.
memtrace run -q -- busy 400000
whole=$(info '.events.allocations')
size=$(stat -c %s trace.bin)
for ((i = 1; i <= 8; i++)); do
	cp trace.bin damaged.bin
	printf '\xff\x00\xaa' | dd of=damaged.bin bs=1 seek=$((size * i / 9)) conv=notrunc status=none
	status memtrace report --json damaged.bin >report.json 2>said
	[ $got = 4 ] || { cmp -s trace.bin damaged.bin && continue; fail "status $got"; }
	jq -e '.complete == false and any(.missing[]; .reason == "trace-damaged")' report.json >/dev/null || fail "not told"
	[ "$(memtrace info --json damaged.bin 2>/dev/null | jq .events.allocations)" -gt $((whole / 10)) ] || fail "little is left"
done
