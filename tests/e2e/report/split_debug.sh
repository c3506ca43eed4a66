# Debug information that was split off is found by debuglink beside the program, by build-id from DEBUGINFOD-less folders.
cp "$PROGS/leak_three_of_ten" ./program
objcopy --only-keep-debug program program.debug
strip program
objcopy --add-gnu-debuglink=program.debug program
memtrace run -q -- ./program
holds 'live("make_node") == 3' '[stack("make_node")[] | select(.function == "make_node") | .line | numbers] | length == 1'
