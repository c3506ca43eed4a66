# Where only tags make a list lost, the report names the mask with which it is reachable; without tags none.
list='{"bytes": 960, "allocations": 30}'
for case in low:0xfffffffffffffff8 low4:0xfffffffffffffff0 high:0x0000ffffffffffff; do
	mask=${case#*:}
	same tagged "${case%:*}"
	holds '.leaks.reachable.allocations == 0' \
		'.notes | map(select(.reason == "pointer-mask-hint")) | length == 1 and
			(.[0] | .count == 30 and .detail == "'"$mask"': 960 bytes")'
	memtrace report trace.bin >text
	says text "^30 lost allocations \(960 B\) would be reachable with --pointer-mask=$mask\.$"
	memtrace report --json --pointer-mask="$mask" trace.bin >report.json
	equal "with the mask" "$(ask '.leaks.reachable == '"$list"' and ([.notes[].reason] | index("pointer-mask-hint")) == null')" true
	memtrace report --pointer-mask="$mask" trace.bin >text
	! grep would text || fail "a hint though the mask was given"
done
same tagged none
holds '.leaks.reachable == '"$list" '[.notes[].reason] | index("pointer-mask-hint") == null'
same leak_causes indirect
holds '.leaks.indirect.allocations == 2' '[.notes[].reason] | index("pointer-mask-hint") == null'
