# --wait=all waits for the last descendant and has all its events.
mkfifo go
(: >go) &
options=--wait=all traced outlives go
wait
sound
complete
holds 'live("first_take") == 1' 'live("late_take") == 2' '[.processes[].end.how] == ["exit", "exit"]'
