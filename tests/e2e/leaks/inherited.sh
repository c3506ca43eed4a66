# What a forked child has from its parent holds as long as the child can get at it, and never counts for the child.
childs='.processes | max_by(.id) | .leaks'

# In what is left of the heap nothing holds: not the top of it, not what the child freed.
same inherits last
holds "$childs"'.definite == {"bytes": 33, "allocations": 1}' '.leaks.possible.bytes == 0' \
	'.findings | length == 1' '.findings[0] | .cause == "last-pointer-lost" and .responsible.function == "make_own"'
same inherits freed
holds "$childs"'.definite == {"bytes": 40, "allocations": 1}' '.findings[0] | .cause == "held-by-freed" and .bytes == 40'
for what in list grown; do
	same inherits $what
	holds "$childs"' | .reachable == {"bytes": 40, "allocations": 1} and .definite.bytes == 0' '.findings == []'
done

# The parent's own loss is the parent's finding, and what the child hung on it the child's.
same inherits lost
holds "$childs"' | .definite == {"bytes": 40, "allocations": 1} and .indirect == {"bytes": 48, "allocations": 1}' \
	'.leaks.definite == {"bytes": 64, "allocations": 2}' '.findings | length == 2' \
	'.findings[] | select(.bytes == 40) | .cause == "inherited-at-fork" and .retained_bytes == 88' \
	'.findings[] | select(.bytes == 24) | .cause == "last-pointer-lost" and .retained_bytes == 24'
memtrace report >text
says text 'Only memory from before the fork holds it, which is lost'
status memtrace check --limit=inherited-at-fork:0 trace.bin >text 2>&1
equal "a limit for it" $got 1
same inherits own_ring
holds "$childs"' | .definite.bytes + .indirect.bytes == 80' \
	'.findings[] | select(.cause == "cycle") | .bytes == 80 and .retained_bytes == 80'
