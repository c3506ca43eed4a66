# What allocations are, and which fields hold them, is in the trace: without the program the same is said, of any size.
cp "$PROGS/ten_types" "$PROGS/typed_ring" "$PROGS/ten_types_cxx" .
for program in ten_types ten_types_cxx typed_ring; do
	memtrace run -q -o $program.bin -- ./$program
	memtrace report --json $program.bin >there.json
	mv $program gone
	memtrace report --json $program.bin >elsewhere.json
	cmp there.json elsewhere.json || fail "$program: $(diff there.json elsewhere.json | head)"
	jq -e '[.findings[].type | strings] | length > 0' elsewhere.json >/dev/null || fail "no type of $program"
done
memtrace dump typed_ring.bin >dump
says dump 'symbols type=.* size=32 name="Node" offset=0 field="next" offset=8 field="prev"' 'symbols typing'
mv gone typed_ring
memtrace run -q --no-symbols -o without.bin -- ./typed_ring
mv typed_ring gone
[ "$(memtrace report --json without.bin | jq -c '[.findings[].type]')" = '[null]' ] || fail "--no-symbols put types into the trace"
