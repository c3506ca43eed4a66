# A cycle of two shared_ptrs is one finding for all rings of its shape.
same leak_cxx shared_cycle
holds '.findings | length == 1' '.findings[0] | .cause == "cycle" and .cycle.length == 2 and .cycle.rings == 2 and .allocations == 4' \
	'.findings[0].responsible.function | startswith("make_cycle")' '.leaks.definite.allocations == 2 and .leaks.indirect.allocations == 2'
