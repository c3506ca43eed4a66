# After a fatal signal the status is 128+N, every event is there, and the signal is known.
try()
{
	local signal=$1
	shift
	same ends "$@"
	equal "status of $*" "$traced" "$((128 + signal))"
	holds 'live("before_end") == 5' ".processes[0].end | [.how, .status, .signal] == [\"signal\", null, $signal]"
	recorded
}
try 6 abort
try 6 assert
try 11 segv
try 15 signal 15
try 9 signal 9
try 10 signal 10
