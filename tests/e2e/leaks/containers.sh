# The contents of strings, vectors, maps and arrays of objects are reachable by what holds them.
for what in held array; do
	same leak_cxx $what
	holds '.verdict == "clean" and .findings == []' '.leaks.reachable.bytes == .totals.live_bytes'
done
