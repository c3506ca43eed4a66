# A program that is killed leaves the last snapshot of --snapshot-every: what was lost is told from what was held.
memtrace run -q --snapshot-every=50ms -o trace.bin -- stays >out 2>err &
run=$!
trap 'kill $run 2>/dev/null || :' EXIT
three() { [ "$(memtrace dump trace.bin | grep -c ' snapshot-end ')" -ge 3 ]; }
wait_for three
kill -KILL "$(ps -o pid= --ppid $run | head -n 1 | tr -d ' ')"
status wait $run
equal "status" $got 137
sound
holds '.leaks.definite == {"bytes": 48, "allocations": 3}' '.leaks.possible.bytes == 0' \
	'[.findings[] | select(.kind == "leak") | .responsible.function] == ["make_lost"]' '.missing == []' \
	'.leaks.reachable.allocations >= 5'
equal "why and pause" "$(memtrace info --json | jq -c '[.snapshots[:-1][] | .why == "interval" and .pause_ns > 0] | all')" true
memtrace dump trace.bin | grep 'snapshot-thread ' | grep -v ' held ' && fail "a thread was not held"
memtrace dump trace.bin | grep 'snapshot-end ' | grep incomplete && fail "not complete"
equal "processes" "$(memtrace info --json | jq '.processes | length')" 1
