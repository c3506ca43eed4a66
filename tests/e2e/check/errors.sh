# A wrong release is over the limit by itself, and its limit can be raised.
memtrace run --check wrong_delete malloc_delete >/dev/null 2>said && got=0 || got=$?
[ $got = 101 ] || fail "wrong_delete: $got"
says said 'E-[0-9a-f]{6}'
memtrace check --limit=mismatched-free:100 --limit=wrong-size:100 2>said && got=0 || got=$?
equal "with limits" $got 0
memtrace check --limit=mismatched-free:none --limit=wrong-size:none --limit=errors:0 2>said && got=0 || got=$?
equal "all errors together" $got 1
