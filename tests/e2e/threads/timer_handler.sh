# What a signal handler allocates is recorded with a stack that goes through the handler to main.
same timer_malloc
complete
holds 'made("on_tick") >= 200' 'live("on_tick") >= 100' \
	'[of("on_tick")[] | select(any(.stack[]; .function == "main")) | .allocations] | add >= 200'
