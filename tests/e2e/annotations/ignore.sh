# What a program says to ignore is no leak, with what hangs on it; that ends with its free and survives its realloc.
same annotations ignore
complete
holds '.leaks.suppressed == {"bytes": 64, "allocations": 2}' '.leaks.definite == {"bytes": 56, "allocations": 1}' \
	'[.findings[] | select(.suppressed_by == "memtrace_ignore") | .bytes] == [40]' \
	'[.findings[] | select(.suppressed_by == null) | any(.stack[]; .function == "make_left")] == [true]'
memtrace report >text
says text 'Suppressed: 64 B in 2 allocations'
! sed -n '/^LEAKS/,/^PEAK/p' text | grep -q make_ignored || fail "it is a finding"
same annotations realloc
complete
holds '.verdict == "clean"' '.leaks.suppressed == {"bytes": 80000, "allocations": 1}' '.leaks.definite.bytes == 0'

# Without a snapshot nothing hangs on it.
options=--snapshot-at-exit=no
same annotations ignore
holds '.leaks.suppressed == {"bytes": 40, "allocations": 1}' '.leaks.unclassified.bytes == 80'
