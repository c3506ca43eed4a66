# Preloaded by hand, without a runner, a small program leaves a .live file that report reads.
library=$BUILD/stage/usr/lib/memtrace/libmemtrace.so
leak_three_of_ten >bare.out 2>&1
LD_PRELOAD=$library leak_three_of_ten >traced.out 2>&1
cmp bare.out traced.out
[ -e trace.bin.live ] || fail "no trace.bin.live: $(ls)"
holds 'live("make_node") == 3' 'made("make_node") == 10'
memtrace report >text
says text make_node
sound
LD_PRELOAD=$library MEMTRACE_OUTPUT=elsewhere.bin leaf >/dev/null
file=elsewhere.bin
rm -f report.json
holds 'live("leaf_take") == 1'
