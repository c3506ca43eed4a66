# What only a local of main's held is lost when main has returned.
same leak_causes main
holds '.leaks.definite == {"bytes": 24, "allocations": 1}' '.leaks.possible.bytes == 0 and .leaks.reachable.bytes == 0' \
	'.findings[0].responsible.function == "make_left"'
