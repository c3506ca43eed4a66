# After a fatal signal the status is 128+N, every event is there, and the signal is known.
try()
{
	local signal=$1
	shift
	bare ends "$@"
	traced ends "$@"
	equal "status of $*" "$traced" "$((128 + signal))"
	equal "bare status of $*" "$bare" "$((128 + signal))"
	diff <(grep -v '^/' bare.err | grep -v 'line ' || :) <(grep -v 'line ' traced.err || :) || fail "another standard error"
	sound
	holds 'live("before_end") == 5' ".processes[0].end | [.how, .status, .signal] == [\"signal\", null, $signal]"
	complete
}
try 6 abort
try 6 assert
try 11 segv
try 15 signal 15
try 9 signal 9
try 10 signal 10
