# What is started by spawnp is followed.
same family spawnp "$PROGS/leaf"
complete
holds 'live("leaf_take") == 1' 'live("parent_take") == 4' 'process("leaf") | length == 1' \
	'process("leaf")[0].totals.live_bytes >= 33' 'process("leaf")[0].end.how == "exit"'
