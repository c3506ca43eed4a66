# A root is called by its variable or its thread, also where the program is no more.
options=--snapshot-at-exit=yes
cp "$PROGS/leak_causes" ./program

# root HOW: the names of what holds the allocation, after the program has gone.
root()
{
	traced ./program "$1"
	mv program elsewhere
	memtrace graph trace.bin --to=json | jq -r '.nodes[] | select(.responsible.function == "make_held") | .roots[]' >names
	memtrace graph trace.bin --to=dot >dot
	mv elsewhere program
}

root global
equal "held by a global" "$(cat names)" "global (data of program)"
says dot 'label="global \(data of program\)"'
root thread_local
equal "held by a thread-local variable" "$(sed 's/thread [0-9]*/thread N/' names)" "thread_local_one (thread-local memory of thread N (program))"
root main_exits
says names '^the stack of thread [0-9]+'
root register
says names '^a register of thread [0-9]+'
root running
says names '^the stack of thread [0-9]+'
