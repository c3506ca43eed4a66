# Without a runner the other threads run on, which is said, and the program's end is the same.
library=$BUILD/stage/usr/lib/memtrace/libmemtrace.so
for ((i = 0; i < 20; i++)); do
	rm -f trace.bin*
	LD_PRELOAD=$library status snapshot_roots
	equal "status" $got 7
	memtrace dump trace.bin >dump.txt
	equal "snapshots" "$(grep -c ' snapshot-end ' dump.txt)" 1
	grep -q 'snapshot-thread .* running errno=38' dump.txt || fail "$(grep snapshot-thread dump.txt)"
	grep -q 'snapshot-range .* dead-stack .*\[stack\]' dump.txt || fail "own stack not told"
done
rm -f trace.bin*
LD_PRELOAD=$library MEMTRACE_SNAPSHOT_AT_EXIT=0 status snapshot_roots
equal "snapshots when switched off" "$(memtrace dump trace.bin | grep -c ' snapshot-end ')" 0
