# A lost vector of strings is one finding that retains all of its contents.
same leak_cxx contents
holds '.findings | length == 1' '.findings[0] | .bytes == 24 and .allocations == 1 and .retained_bytes == 804' \
	'.leaks.definite.allocations == 1 and .leaks.indirect == {"bytes": 780, "allocations": 11}'
