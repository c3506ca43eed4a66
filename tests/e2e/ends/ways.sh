# Whichever way a program ends, its status is the same, its events are there and how it ended is known.
try()
{
	local how=$1 number=$2 expected=$3
	same ends "$how" "$number"
	holds 'live("before_end") == 5' 'live_bytes("before_end") == 160' ".processes[0].end | [.how, .status, .signal] == $expected"
	recorded
}
try return 3 '["exit", 3, null]'
try exit 4 '["exit", 4, null]'
try thread 5 '["exit", 5, null]'
try pthread_exit 0 '["exit", 0, null]'
try _exit 6 '["_exit", 6, null]'
try _Exit 7 '["_exit", 7, null]'
