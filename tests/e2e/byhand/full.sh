# Without a runner what the slab cannot take is dropped and counted, and the program goes on.
library=$BUILD/stage/usr/lib/memtrace/libmemtrace.so
traced busy 3000000
all=$(info '.events.allocations + .events.frees')
rm -f trace.bin*
LD_PRELOAD=$library busy 3000000
sound
holds '.complete == false'
equal "recorded and dropped" "$(memtrace report --json | jq '[.totals.allocations, .totals.frees] + [.missing[] | select(.reason == "events-dropped") | .count] | add')" "$all"
