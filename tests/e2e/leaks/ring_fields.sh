# Of a ring whose type is known the report, why and the graph call the pointers by their fields.
traced typed_ring
holds '.findings | length == 1' '.findings[0].type == "Node"' '.findings[0].cycle.rings == 3' \
	'[.findings[0].cycle.members[].type] | unique == ["Node"]' \
	'[.findings[0].cycle.edges[] | [.offset, .field]] - [[0, "next"], [8, "prev"]] == []'
memtrace report >text
says text 'weaken Node\.(next \(offset 0\)|prev \(offset 8\))'
id=$(ask '.findings[0].id' | tr -d '"')
memtrace why "$id" >text
says text '^  0x[0-9a-f]+  Node  \.(next|prev) → 0x[0-9a-f]+'
memtrace graph "$id" >dot
says dot 'label="Node\\n' 'label="\.next '
memtrace graph trace.bin "$id" --to=json >graph.json
jq -e '.nodes[0].type == "Node" and .edges[0].field == "next"' graph.json >/dev/null || fail "$(cat graph.json)"
