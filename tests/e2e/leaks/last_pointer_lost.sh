# Memory whose last pointer was lost is definitely lost, at its stack, and nothing else is.
same leak_causes lost
complete
holds '.processes[0].snapshot == "exit"' '.verdict == "findings"' \
	'.leaks.definite == {"bytes": 48, "allocations": 3}' '.leaks.indirect.bytes == 0' \
	'.findings | length == 1' \
	'.findings[0] | .kind == "leak" and .cause == "last-pointer-lost" and .reachability == "definite" and .confidence == "high" and .bytes == 48 and .allocations == 3 and .retained_bytes == 48 and .responsible.function == "make_lost" and .cycle == null'
memtrace report >text
says text "48 B leaked in 3 allocations, 1 finding" LEAKS "The last pointer was lost" make_lost "memtrace why L-"
