# A signal that nobody handles ends a process as it does without memtrace, and what was lost by then is found.
options=--snapshot-at-exit=yes
try()
{
	same dies "$2"
	equal "status of $2" "$traced" $((128 + $1))
	equal "snapshots" "$(memtrace dump trace.bin | grep ' snapshot number=' | grep -c ' fatal')" 1
	holds '.leaks.definite == {"bytes": 48, "allocations": 1}' \
		".processes[0].end | [.how, .status, .signal] == [\"signal\", null, $1]"
}
for signal in 1 2 3 10 11 13 14 15 24 31; do
	try $signal $signal
done
try 15 raise_again
