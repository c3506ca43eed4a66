# Where each thread stood is in the trace with names: of a crash, of the other threads, and at an exit.
options=--snapshot-at-exit=yes
functions()
{
	ask ".processes[0].standing | map([.stack[].function]) | $1"
}
stands()
{
	[ "$(functions "$1")" = true ] || fail "not so: $1
$(functions .)"
}
traced dies abort
report empty
stands 'length == 1 and (.[0] | index("end_here") < index("main"))'
[ "$(ask '.processes[0].standing[0].signal')" = 6 ] || fail "not signal 6"
memtrace report >text
says text '^KILLED' 'dies, by SIGABRT' 'thread [0-9]+ \(dies\): SIGABRT' ' end_here '

traced dies thread
report empty
stands '(length == 4) and (.[0][:2] == ["write_to", "crash"])'
stands '[.[1:][] | select(.[0] == "turn")] | length == 2'
stands '[.[1:][] | select(index("in_thread") < index("main"))] | length == 1'
memtrace report >text
says text 'SIGSEGV at 0x0, no memory there' ' turn '
memtrace info --threads >text
says text 'snapshot 1 \(exit\)' ' turn .*dies.c' 'start_thread'

# Of a stack that overflowed the leaf, the root and the number between.
traced dies small_stack
report empty
stands '.[0] | .[:2] == ["overflow", "overflow"] and index("main") != null and index(null) != null'

# The names travel with the trace.
cp "$(command -v dies)" here
traced ./here segv
rm here
report empty
stands '.[0][:3] == ["write_to", "end_here", "main"]'

# At an exit too: who waits, and who calls it.
traced leak_causes running
equal "threads" "$(memtrace info --json | jq '.snapshots[0].standing | length')" 2
memtrace info --json | jq -e '.snapshots[0].standing | map([.stack[].function] | index("__libc_start_main") != null or index("start_thread") != null) | all' >/dev/null ||
	fail "$(memtrace info --threads)"
report '.processes[0].standing' >none
equal "of an exit" "$(cat none)" '[]'
