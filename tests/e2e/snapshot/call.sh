# A program asks for snapshots of itself, and has them at the moments it meant.
same asks_snapshots
equal "snapshots" "$(info '[.snapshots[] | [.why, .label]]')" '[["call","held"],["call","lost"],["exit",null]]'
memtrace report --json trace.bin@1 >held.json
equal "what was reachable in the first" "$(jq '.leaks.definite.bytes, (.leaks.reachable.bytes >= 72)' held.json | xargs)" "0 true"
memtrace report --json trace.bin@2 >lost.json
equal "what was lost in the second" "$(jq -c '.leaks.definite, .leaks.indirect' lost.json | xargs)" \
	"{bytes:24,allocations:1} {bytes:48,allocations:2}"
complete
holds '.findings[0] | .cause == "last-pointer-lost" and (.lost_between_ns | length == 2)'
# By hand nobody can stop the threads, which is said.
rm -f trace.bin*
LD_PRELOAD=$BUILD/stage/usr/lib/memtrace/libmemtrace.so status asks_snapshots
equal "status by hand" $got 0
info '[.notes[] | select(.reason == "snapshot-refused")] | length > 0' >said
equal "what is said by hand" "$(cat said)" true
# Without memtrace it is nothing.
asks_snapshots >bare.out
equal "output without memtrace" "$(cat bare.out)" ""
