# Of plain C and C++ programs the four kinds are Valgrind's, in bytes and counts.

# In the dynamic loader's tables for a thread there is a place more for our library:
# of programs with threads what is lost is compared.
compare()
{
	local kinds=$1 theirs ours
	shift
	valgrind --leak-check=summary --leak-check-heuristics=all --run-libc-freeres=no \
		--run-cxx-freeres=no --default-suppressions=no --log-file=valgrind.txt "$@" >bare.out
	traced "$@"
	theirs=$(tr -d , <valgrind.txt | awk -v kinds="$kinds" '
		/ (lost|reachable): [0-9]+ bytes in/ && index(kinds, substr($2, 1, 1)) {
			for (i = 1; i <= NF; i++) if ($i == "bytes") printf "%s %s ", $(i - 1), $(i + 2)
		}
		/no leaks are possible/ { printf "none " }')
	ours=$(memtrace report --json | jq -r --arg kinds "$kinds" '
		.processes[0].leaks | [(.definite, .indirect, .possible, .reachable) | .bytes, .allocations]
		| .[:if $kinds == "di" then 4 else 8 end] | map("\(.) ") | join("")')
	[ "$theirs" != "none " ] || theirs="0 0 0 0 0 0 0 0 "
	equal "$*" "$ours" "$theirs"
}

run_case()
{
	command -v valgrind >/dev/null || skip "valgrind is not installed"
	for what in lost global indirect interior ring freed thread_local main main_exits; do
		compare dips leak_causes $what
	done
	for what in joined running register; do
		compare di leak_causes $what
	done
	for what in shared_cycle contents inheritance; do
		compare dips leak_cxx $what
	done
	compare dips leak_three_of_ten
	compare dips ten_types
	for seed in 1 2 3; do
		compare dips random_graph $seed plain
	done
}
