# What only the kernel has, to hand it back with an event or a timer, is held.
options=--snapshot-at-exit=yes

# held_by WHO: the root's name.
held_by()
{
	holds '.leaks.reachable == {"bytes": 24, "allocations": 1}' '.findings == []'
	memtrace graph trace.bin --to=json | jq -r '.nodes[].roots[]' >names
	grep -qE "^the kernel \\($1\\)$" names || fail "held by $(cat names)"
}

same leak_causes epoll
held_by 'epoll [0-9]+'
[ -r /proc/self/timers ] || exit 0
same leak_causes timer
held_by 'timer [0-9]+'
