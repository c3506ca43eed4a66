# The same finding of many traces is one finding with the list of traces; leaks add up, the greatest peak counts.
for i in 1 2 3; do memtrace run -q -o lost$i.bin leak_causes lost; done
memtrace run -q -o clean.bin leak_causes global
status memtrace check --json ./*.bin 2>said >json
equal status $got 1
says said 'definite=144/9 .*new=1 .*traces=4 trace=./clean.bin$' 'in ./lost1.bin and 2 more'
jq -e '.findings[0].traces | map(.trace) == [1, 2, 3]' json >/dev/null || fail "$(cat json)"
memtrace check --limit=definite:144 --limit=peak:48 ./*.bin 2>said
status memtrace check --limit=definite:143 ./*.bin 2>said
equal "the sum" $got 1
memtrace check --runs --limit=definite:48 lost?.bin 2>said
says said 'runs=3'
