# What --on-full=drop drops is counted: recorded and dropped together are what the program did.
traced busy 1000000
complete
all=$(info '.events.allocations + .events.frees')
options=--on-full=drop traced busy 1000000
sound
equal "recorded and dropped" "$(memtrace report --json | jq '[.totals.allocations, .totals.frees] + [.missing[] | select(.reason == "events-dropped") | .count] | add')" "$all"
