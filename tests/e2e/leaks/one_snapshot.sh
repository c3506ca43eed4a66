# FILE@N is the trace as of snapshot N; one that is not there is a usage error.
traced held_types
memtrace report trace.bin@1 >text
says text "as of snapshot 1, at" "72 B leaked in 3|372 B leaked in 6 allocations" "Reachable then:"
memtrace report @1 >alone
cmp text alone
equal "snapshot in the JSON" "$(memtrace report --json trace.bin@1 | jq .trace.at_snapshot)" 1
equal "snapshot in the JSON" "$(memtrace report --json | jq .trace.at_snapshot)" null
memtrace why trace.bin@1 node >text
says text "^node  552 B in 23 allocations"
memtrace graph trace.bin@1 | grep -q digraph
status memtrace report trace.bin@2 2>said
equal "status of a snapshot that is not there" $got 3
says said "there is no snapshot 2; it has 1"
cp trace.bin a@1
memtrace report a@1 >text
if grep -q "as of" text; then fail "a file of that name was not taken as such"; fi
