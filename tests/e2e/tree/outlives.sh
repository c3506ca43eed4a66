# The runner returns when the program it started ends; what still runs is said to be running, with its events up to there.
mkfifo go
traced outlives go
equal status $traced 0
child=$(sed -n 's/child //p' traced.out)
kill -0 "$child" || fail "the child is gone"
memtrace report --json >early.json
: >go
holds 'live("first_take") == 1' 'live("late_take") == 1' \
	'[.processes[].end.how] | sort == ["exit", "running"]'
