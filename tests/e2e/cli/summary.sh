# After a run one or two lines on standard error say where the trace is and what it holds; -q says nothing.
memtrace run -- leak_three_of_ten >out 2>err
[ ! -s out ] || fail "something on standard output"
says err '^memtrace: trace\.bin .*1 process .*[0-9] events, none missed'
[ "$(wc -l <err)" -le 2 ] || fail "more than two lines"
memtrace run -q -- leak_three_of_ten >out 2>err
[ ! -s err ] || fail "-q says something"
