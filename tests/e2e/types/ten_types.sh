# In a recorded program each way of allocating is named by its type in the report, and what has no certain type by none.
# typed FUNCTION TYPE: the finding whose stack passes through FUNCTION.
typed()
{
	holds "[.findings[] | select(any(.stack[]; .function == \"$1\")) | .type] | unique == [$2]"
}
same ten_types
complete
for type in one two three four five six seven eight nine ten; do
	typed make_$type "\"$type\""
done
typed make_either null
same ten_types_cxx
typed "make_plain()" '"plain"'
typed "make_built()" '"built"'
typed "make_order()" '"shop::order"'
typed "make_items()" '"item"'
memtrace report >report.txt
says report.txt 'shop::order'
