# What posix_spawn starts with a cleaned environment is followed and sees the clean one.
same family spawn_clean "$PROGS/leaf"
complete
holds 'live("leaf_take") == 1' 'live("parent_take") == 4' 'process("leaf") | length == 1' \
	'process("leaf")[0].totals.live_bytes >= 33' 'process("leaf")[0].end.how == "exit"'
