# `memtrace snapshot PID` has the process looked at while it runs; where that cannot be, it says why.
memtrace run -q -o trace.bin -- stays >out 2>err &
run=$!
trap 'kill $run 2>/dev/null || :' EXIT
wait_for grep -q ready out
pid=$(ps -o pid= --ppid $run | head -n 1 | tr -d ' ')
wait_for memtrace snapshot --label=warm "$pid"
memtrace snapshot "$pid" >said
says said "^snapshot 2 of process $pid: stopped for .*, [0-9,]+ words$"
status memtrace snapshot $$ 2>said
equal "status of who is not recorded" $got 1
says said "memtrace does not record it"
status memtrace snapshot 999999999 2>said
equal "status of nobody" $got 1
says said "there is no such process"
kill -STOP "$pid"
wait_for grep -q 'State:.T' /proc/$pid/status
status memtrace snapshot "$pid" 2>said
equal "status of who is stopped" $got 1
says said "is stopped already"
kill -CONT "$pid"
kill -KILL "$pid"
status wait $run
equal "status" $got 137
sound
equal "labels" "$(memtrace dump trace.bin | grep -o ' snapshot number=.*' | grep -o 'why=demand.*label="warm"' | wc -l)" 1
holds '.leaks.definite == {"bytes": 48, "allocations": 3}' '.leaks.possible.bytes == 0'
