# graph draws a finding's objects as boxes by site and state, as dot, JSON and, with Graphviz, SVG.
traced leak_causes ring
id=$(memtrace report --json | jq -r '.findings[0].id')
memtrace graph "$id" >dot
says dot '^digraph' 'make_one' 'make_other' 'label="\+24"'
memtrace graph trace.bin "$id" --to=json >json
jq -e '.schema == "memtrace-graph/1" and (.nodes | map(.responsible.function) | sort) == ["make_extra", "make_one", "make_other"]
	and (.edges | map(.offset) | sort) == [8, 16, 24]' json >/dev/null || fail "$(cat json)"
for address in $(jq -r '.nodes[].example' json); do
	memtrace why "$address" >why
	says why "  $address  "
done
memtrace graph trace.bin --to=json >all
jq -e '.nodes | map(.bytes) | add == 420' all >/dev/null || fail "$(cat all)"
command -v dot >/dev/null || exit 0
memtrace graph "$id" --to=svg >svg
says svg '<svg' make_other
