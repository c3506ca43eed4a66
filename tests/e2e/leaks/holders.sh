# report says which variable holds most of what is reachable, and where it piles up.
traced held_types
memtrace report >text
says text "^REACHABLE  2.52 kB, by what holds it" \
	"100 %   2.52 kB  names \(data of held_types\), through 1 allocation$" \
	"2.52 kB hang on  table  make_table" "2.48 kB of it in 4 ×  node  make_node"
memtrace report --json >json
jq -e ".holders[0] | .retained_bytes == 2520 and .allocations == 1 and .point.type == \"table\"
	and .held == 4 and .most.allocations == 4" json >/dev/null || fail "$(jq -c .holders json)"
