# What hangs on something lost is indirectly lost, and told with what holds it.
same leak_causes indirect
holds '.leaks.definite == {"bytes": 32, "allocations": 1}' '.leaks.indirect == {"bytes": 80, "allocations": 2}' \
	'.findings | length == 1' '.findings[0] | .responsible.function == "make_head" and .bytes == 32 and .retained_bytes == 112' \
	'[.leaks[].bytes] | add == 112' '.totals.live_bytes == 112'
