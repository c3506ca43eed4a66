# A crash ends a process as it does without memtrace, and what was lost by then is found.
options=--snapshot-at-exit=yes
found()
{
	equal "snapshots" "$(memtrace dump trace.bin | grep ' snapshot number=' | grep -c ' fatal')" 1
	memtrace dump trace.bin | grep 'snapshot-end ' | grep -q incomplete && fail "not complete"
	holds '.leaks.definite == {"bytes": 48, "allocations": 1}' \
		'[.findings[] | select(.reachability == "definite") | .stack[].function // "" | select(test("^make_lost"))] != []' \
		".processes[0].end | [.how, .status, .signal] == [\"signal\", null, $1]"
}
for end in 6:abort 6:assert 11:segv 11:register 11:read_only 4:ill 8:fpe 5:breakpoint 11:small_stack 6:heap_lock; do
	same dies "${end#*:}"
	equal "status of ${end#*:}" "$traced" $((128 + ${end%%:*}))
	found "${end%%:*}"
	holds '.leaks.possible.allocations == 0'
done
same uncaught
equal "status of uncaught" "$traced" 134
found 6
