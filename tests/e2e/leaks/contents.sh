# A lost vector of strings is one finding that retains all of its contents.
same leak_cxx contents
holds '.findings | length == 1' '.findings[0] | .bytes == 24 and .allocations == 1 and .retained_bytes == 804' \
	'.leaks.definite.allocations == 1 and .leaks.indirect == {"bytes": 780, "allocations": 11}'
# So is a lost map, whatever its nodes point back at; its bytes are those that Valgrind counts.
same leak_cxx map
holds '.findings | length == 1' '.findings[0].retained_bytes == 1228' '.leaks.definite == {"bytes": 48, "allocations": 1}' \
	'.leaks.indirect == {"bytes": 1180, "allocations": 20}' '.leaks.possible.bytes == 0'
