# Three of ten allocations that were never freed are reported, at their site, and nothing else of that function.
same leak_three_of_ten
complete
holds 'made("make_node") == 10' 'live("make_node") == 3' 'live_bytes("make_node") == 48' \
	'.verdict == "findings"' '.leaks.definite == {bytes: 48, allocations: 3}' \
	'[.findings[] | select(.responsible.function == "make_node")] | length == 1 and .[0].bytes == 48 and .[0].allocations == 3 and .[0].kind == "leak"'
options=--snapshot-at-exit=no
same leak_three_of_ten
holds '.verdict == "inconclusive"' '[.missing[].reason] == ["no-snapshot"]' \
	'.leaks.unclassified == {bytes: .totals.live_bytes, allocations: .totals.live_allocations}' \
	'[.findings[] | select(.responsible.function == "make_node")] | length == 1 and .[0].bytes == 48 and .[0].allocations == 3 and .[0].kind == "not-freed"'
