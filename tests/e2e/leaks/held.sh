# What a global, a thread-local variable, a local of a main that calls exit, a running thread's stack or its registers hold is reachable and no finding.
for by in global thread_local main_exits running register; do
	same leak_causes $by
	holds '.verdict == "clean" and .findings == []' '.leaks.definite.bytes == 0 and .leaks.possible.bytes == 0' \
		'.leaks.reachable.bytes >= 24' 'live_bytes("make_held") == 24'
done
traced leak_causes global
memtrace report >text
says text "Nothing leaked" "Reachable at exit: 24 B in 1 allocation"
