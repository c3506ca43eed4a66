# Under --post-mortem signals arrive as they are sent, a stopped process stays stopped until it is continued, and where it is refused that is said.
options=--post-mortem
same bash -c '{ trap "echo got usr1" USR1; kill -USR1 $$; kill -USR2 $BASHPID & wait $!; echo $?;
	(kill -STOP $BASHPID; echo went on) & child=$!
	until grep -q "^State:.[Tt]" /proc/$child/status; do :; done
	kill -CONT $child; wait $child; echo $?; yes | head -n 1; } 2>/dev/null'
# Where it is refused the program runs as ever.
status no_ptrace memtrace run --post-mortem -o trace.bin -- dies abort 2>err
equal "status" $got 134
says err 'post-mortem: cannot trace the program \(Operation not permitted\)'
holds '.notes | any(.reason == "post-mortem-refused")'
# A program with a filter of its own cannot look at itself: it is looked at from outside.
options= same seccomp
holds '.processes[0].snapshot == "post-mortem"' '.leaks.unclassified.allocations == 0'
