# A trace opens with full symbols where the program is no more; with --no-symbols report finds them itself.
cp "$PROGS/leak_three_of_ten" ./program
memtrace run -q -- ./program
mv program elsewhere
holds 'live("make_node") == 3' '[stack("make_node")[] | select(.function == "make_node") | .line | numbers] | length == 1'
mv elsewhere program
memtrace run -q --no-symbols -- ./program
holds 'live("make_node") == 3'
mv program elsewhere
memtrace report --json | jq -e '[.sites[].stack[].function] | index("make_node") == null' >/dev/null ||
	fail "--no-symbols put names into the trace"
