# What mapped memory holds is reachable, be it private or shared, until it is unmapped.
for what in private shared; do
	same held_where $what
	holds '.leaks.reachable == {"bytes": 24, "allocations": 1}' '.findings == []' 'live_bytes("make_one") == 24'
done
same held_where unmapped
holds '.leaks.definite == {"bytes": 24, "allocations": 1}' '.findings[0].responsible.function == "make_one"'
# Where nearly all of 20 allocations or more are held at one offset, that holds them; where fewer are, nobody knows.
same held_where intrusive
holds '.leaks.reachable == {"bytes": 1920, "allocations": 30}' '.findings == []'
same held_where intrusive_lost
holds '.leaks.definite == {"bytes": 64, "allocations": 1}' '.leaks.indirect == {"bytes": 1856, "allocations": 29}' \
	'.findings | length == 1' '.findings[0] | .responsible.function == "make_link" and .retained_bytes == 1920'
same held_where few_links
holds '.leaks.possible == {"bytes": 320, "allocations": 5}' '.leaks.definite.bytes == 0' '.verdict == "clean"'
# An allocation of no bytes is held by its address, and lost without.
same held_where zero
holds '.leaks.reachable == {"bytes": 0, "allocations": 4}' '.findings == []'
same held_where zero_lost
holds '.leaks.definite == {"bytes": 0, "allocations": 4}' '.findings[0] | .allocations == 4 and .cause == "last-pointer-lost"'
# The address behind its last byte may be all that is left of a pointer to it, or nothing.
same held_where past
holds '.leaks.possible == {"bytes": 24, "allocations": 1}' '.findings[0] | .reachability == "possible" and .confidence == "medium"'
