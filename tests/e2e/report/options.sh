# --top, --sort, --focus, --ignore, --depth, --full and --process choose what is shown.
memtrace run -q -- peak_in_the_middle
memtrace report --focus=small_rest >focus
says focus small_rest
! grep -q load_table focus || fail "--focus shows load_table"
memtrace report --ignore='load_.*' >ignore
says ignore small_rest
! grep -q load_table ignore || fail "--ignore shows load_table"
memtrace report --top=1 >top
[ "$(wc -l <top)" -lt "$(memtrace report --top=50 | wc -l)" ] || fail "--top=1 is no shorter"
memtrace run -q -- deep 100
[ "$(memtrace report | grep -c '\bdown\b')" -lt 30 ] || fail "100 frames without --full"
[ "$(memtrace report --full | grep -c '\bdown\b')" -ge 100 ] || fail "--full is not full"
[ "$(memtrace report --depth=40 | grep -c '\bdown\b')" -ge 30 ] || fail "--depth=40 shows fewer"
memtrace run -q -- family spawn "$PROGS/leaf" >/dev/null
memtrace report --process=leaf >process
says process leaf_take
! grep -q parent_take process || fail "--process=leaf shows the parent"
pid=$(memtrace report --json | jq '.processes[0].pid')
memtrace report --process="$pid" >process
says process parent_take
! grep -q leaf_take process || fail "--process=$pid shows the child"
status memtrace report --focus='(' 2>said
equal "status of a bad regex" $got 3
