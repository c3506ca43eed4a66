# Of random object graphs of real programs, the four kinds are what the programs themselves know, in bytes and counts.
from=${FROM:-0} each=${GRAPHS:-100}
for form in plain ends; do
	same random_graph $from $((from + each)) $form
	complete
	jq -r '.processes[] | select(.command | length == 3) | [.command[1]] + (.leaks | [.definite, .indirect, .possible, .reachable] | map(.bytes, .allocations)) | map(tostring) | join(" ")' report.json | sort -n >told
	sort -n traced.out >known
	equal "graphs" "$(wc -l <told)" "$each"
	diff -u known told >differences || fail "$(head -n 20 differences)"
done
