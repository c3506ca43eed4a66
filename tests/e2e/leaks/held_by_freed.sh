# What only freed memory holds is lost, and the report says so.
same leak_causes freed
holds '.leaks.definite == {"bytes": 24, "allocations": 1}' '.findings[0].cause == "held-by-freed"' \
	'.findings[0].responsible.function == "make_left"'
