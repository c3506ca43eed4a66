# Memory of which only the inside is pointed at is possibly lost, and no reason to fail.
same leak_causes interior
holds '.verdict == "clean"' '.leaks.possible == {"bytes": 64, "allocations": 1}' '.leaks.definite.bytes == 0' \
	'.findings[0] | .reachability == "possible" and .confidence == "medium" and .responsible.function == "make_inside"'
