# Three of ten allocations that were never freed are reported, at their site, and nothing else of that function.
same leak_three_of_ten
complete
holds 'made("make_node") == 10' 'live("make_node") == 3' 'live_bytes("make_node") == 48' \
	'.verdict == "findings"' '.leaks.definite == {bytes: 48, allocations: 3}' \
	'[.findings[] | select(.responsible.function == "make_node")] | length == 1 and .[0].bytes == 48 and .[0].allocations == 3 and .[0].kind == "leak"'
