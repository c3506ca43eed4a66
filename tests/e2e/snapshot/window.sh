# Threads that are stopped in the middle of a hook, as nearly all are with this library, make no false finding.
mkdir tool
cp "$(command -v memtrace)" "$BUILD/wide/libmemtrace.so" tool
tool/memtrace run -q --snapshot-every=10ms -o trace.bin -- stays >out 2>err &
run=$!
trap 'kill $run 2>/dev/null || :' EXIT
enough() { [ "$(memtrace dump trace.bin | grep -c ' snapshot-end ')" -ge 20 ]; }
wait_for enough
kill -KILL "$(ps -o pid= --ppid $run | head -n 1 | tr -d ' ')"
status wait $run
equal "status" $got 137
memtrace dump trace.bin >dump
pending=$(grep -c ' snapshot-cut .*+0x' dump || :)
[ "$pending" -ge 2 ] || fail "only $pending of the stops were inside a hook"
n=$(memtrace info --json | jq '.snapshots | length')
for at in 1 $((n / 2)) $((n - 1)); do
	memtrace report --json trace.bin@$at >one.json
	equal "lost as of $at" "$(jq -c '.leaks.definite, .leaks.possible.bytes' one.json | xargs)" "{bytes:48,allocations:3} 0"
done
