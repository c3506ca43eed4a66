# Every allocation function keeps its own semantics and is recorded with the bytes that were asked for.
same every_function
complete
holds 'live_bytes("by_malloc") == 101' 'live("by_malloc_0") == 2' 'live_bytes("by_malloc_0") == 0' \
	'live_bytes("by_calloc") == 201' 'live_bytes("by_realloc_null") == 301' \
	'live_bytes("by_realloc") == 5000' 'made("by_realloc") == 2' 'made_bytes("by_realloc") == 5050' \
	'live("by_realloc_away") == 0' 'made("by_realloc_away") == 1' \
	'live_bytes("by_reallocarray") == 91' 'live_bytes("by_posix_memalign") == 401' \
	'live_bytes("by_aligned_alloc") == 512' 'live_bytes("by_memalign") == 601' \
	'live_bytes("by_valloc") == 701' 'live_bytes("by_pvalloc") == 4097'
