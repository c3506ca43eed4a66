# dump has a line for every record; every allocation and free of the program is among them.
memtrace run -q -- leak_three_of_ten
memtrace dump >dump
[ "$(wc -l <dump)" -ge "$(info '.events.allocations + .events.frees')" ] || fail "fewer lines than events"
memtrace dump --self-check >check
