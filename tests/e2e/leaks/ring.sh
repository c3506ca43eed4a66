# Four rings of one shape are one finding: the ring, what hangs on it, and where it can be opened.
same leak_causes ring
holds '.leaks.definite == {"bytes": 128, "allocations": 4}' '.leaks.indirect == {"bytes": 292, "allocations": 5}' \
	'.findings | length == 1' \
	'.findings[0] | .cause == "cycle" and .bytes == 320 and .allocations == 8 and .retained_bytes == 420' \
	'.findings[0].cycle | .length == 2 and .rings == 4 and (.weaken | length) == 1 and ([.edges[].offset] | sort) == [8, 24] and ([.members[].bytes] | sort) == [32, 48]' \
	'[.findings[0].cycle.members[].stack[].function] | index("make_one") and index("make_other")'
memtrace report >text
says text "4 cycles keep themselves alive" "weaken the pointer at offset"
