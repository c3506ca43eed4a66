# check --json lists each limit with its actual value, every finding, and the verdict.
memtrace run -q leak_causes lost
status memtrace check --json --limit=peak:10 --limit=possible.count:3 2>said >json
equal status $got 1
jq -e '.schema == "memtrace-check/1" and .verdict == "findings" and .complete' json >/dev/null
jq -e '.limits | map(select(.limit == "peak"))[0] | .allowed == 10 and .actual == 48 and .exceeded' json >/dev/null
jq -e '.limits | map(select(.limit == "possible.count"))[0] | .allowed == 3 and .actual == 0 and (.exceeded | not)' json >/dev/null
jq -e '.limits | map(select(.limit == "definite"))[0] | .actual == 48 and .allocations == 3 and .default and .exceeded' json >/dev/null
jq -e '.findings | length == 1 and .[0].status == "new" and .[0].responsible.function == "make_lost"' json >/dev/null
report '.limits | map([.limit, .actual, .exceeded]) | .[0:2]' >limits
equal "limits of the report" "$(cat limits)" '[["definite",48,true],["indirect",0,false]]'
jq -e '.traces[0].file == "trace.bin" and .traces[0].program == 0' json >/dev/null
