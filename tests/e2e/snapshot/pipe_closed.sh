# Who reads a pipe sees its end although a snapshot of the writer is being made.
{ memtrace run -q --snapshot-every=10ms -o trace.bin -- undisturbed children; echo ended >&2; } 2>err | cat >out
equal "output" "$(cat out err)" "undisturbed
ended"
status memtrace run -q --snapshot-every=10 -- true 2>err
equal "a time without a unit" $got 125
says err "wants a number and a unit"
