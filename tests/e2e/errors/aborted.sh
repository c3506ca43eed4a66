# What the C library aborts for has the same end and words as without memtrace, and is named with the allocation's stack.
try()
{
	same wrong_free "$1"
	equal "status of $1" "$traced" "${3:-134}"
	holds ".errors[\"$2\"] == 1" '([.errors[]] | add) == 1' '.verdict == "findings"' \
		'[.findings[] | select(.kind == "error")] | length == 1' \
		".findings[] | select(.kind == \"error\") | .cause == \"$2\" and (.id | test(\"^E-[0-9a-f]{6,}\$\")) and .confidence == \"high\""
	recorded
}
error='[.findings[] | select(.kind == "error")][0]'
try twice double-free
holds "$error | .bytes == 48 and .responsible.function == \"make\""
try grown double-free 0
holds "$error | .release == \"realloc\" and .responsible.function == \"make\""
try inside invalid-free
holds "$error | .bytes == 48 and .responsible.function == \"make\""
try static invalid-free
holds "$error | .responsible == null and .stack == []"
try stack invalid-free
memtrace report >report.txt
says report.txt '^ERRORS' 'What was freed is no allocation'
same wrong_free sound
holds '[.errors[]] == [0, 0, 0, 0]' '.verdict == "clean"'
