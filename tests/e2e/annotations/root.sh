# What memory that a program declared to be roots points to is held, wherever that memory is.
same annotations root
complete
holds '.leaks.definite == {"bytes": 72, "allocations": 1}' '.leaks.indirect.bytes == 0' '.leaks.reachable.bytes >= 56' \
	'[.findings[] | any(.stack[]; .function == "make_table")] == [true]'
address=$(memtrace dump | awk '/ annotation root .* size=72/ { split($7, at, "="); print at[2] }')
held=$(memtrace dump | grep -oE ' 0x[0-9a-f]+=0x[0-9a-f]+' | awk -F= -v slot=" $(printf '0x%x' $((address + 24)))" '$1 == slot { print $2 }' | head -n 1)
memtrace why "$held" >text
says text 'memtrace_root, at 0x[0-9a-f]+$' 'still reachable'
