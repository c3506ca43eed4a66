# What only the stack of a joined thread holds is lost; the memory libc keeps for the thread is not.
same leak_causes joined
holds '.leaks.definite == {"bytes": 24, "allocations": 1}' '.leaks.possible.bytes == 0' \
	'.findings | length == 1' '.findings[0] | .cause == "thread-exited" and .responsible.function == "make_left"'
