# Allocations in constructors, destructors, exit handlers and key destructors are recorded.
same around_main
complete
holds 'live("in_constructor") == 1' 'live("in_destructor") == 1' 'live("in_atexit") == 1' \
	'live("in_on_exit") == 1' 'live("in_key_destructor") == 2'
