# A release that does not fit the allocation is named, counted, and does what it does without memtrace.
errors='.findings[] | select(.kind == "error")'
try()
{
	same wrong_delete "$1"
	complete
	holds ".errors[\"$2\"] == 3" '([.errors[]] | add) == 3' 'live("make(int)") + live("make") == 0' \
		"[$errors | [.kind, .cause, .allocations, .bytes, .release]] == [[\"error\", \"$2\", 3, 96, \"$3\"]]" \
		"$errors | .responsible.function | startswith(\"make\")"
}
try malloc_delete mismatched-free "operator delete"
try new_free mismatched-free free
try new_realloc mismatched-free realloc
try new_delete_array mismatched-free "operator delete[]"
try array_delete mismatched-free "operator delete"
try size wrong-size "operator delete"
holds "$errors | .declared_size == 24"
try align wrong-size "operator delete"
holds "$errors | .declared_alignment == 32"
same wrong_delete sound
holds '[.errors[]] == [0, 0, 0, 0]'
