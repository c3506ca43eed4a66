# A program that failed keeps its own status, whatever leaked; codes can be chosen; mistakes are 125 and 3.
fails()
{
	leak_causes lost
	return "$1"
}
status memtrace run --check sh -c 'leak_causes lost; exit 7' 2>said
equal "status of a failed program" $got 7
says said 'verdict=findings program=7 definite=48/3'
status memtrace run --check sh -c 'kill -SEGV $$' 2>said
equal "status of a crashed program" $got 139
says said 'program=139'
status memtrace run --check --leak-exit-code=5 leak_causes lost 2>/dev/null
equal "chosen code" $got 5
status memtrace run --check --incomplete-exit-code=6 sh -c 'static_program x || :' >/dev/null 2>&1
equal "chosen code of an inconclusive run" $got 6
status memtrace run --check no-such-program 2>said
equal "not found" $got 127
status memtrace run --check --limit=nothing:0 leak_causes lost 2>said
equal "a wrong limit" $got 125
says said 'no kind "nothing"'
status memtrace run --limit=definite:0 leak_causes lost 2>said
equal "a limit without --check" $got 125
status memtrace check --limit=definite 2>said
equal "usage of check" $got 3
status memtrace check no-such-file 2>said
equal "no trace" $got 4
