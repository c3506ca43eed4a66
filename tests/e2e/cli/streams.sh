# Standard input, output and error are the program's own, byte for byte; a terminal stays one.
seq 200000 >input
stdin=input same cat
cmp traced.out input
memtrace run -q -- sh -c 'echo to-error >&2; exec cat' <input 2>err | cmp - input
equal "standard error" "$(cat err)" to-error
script -qec "memtrace run -q -- sh -c 'test -t 0 && test -t 1 && test -t 2 && echo terminal'" /dev/null </dev/null >out
says out '^terminal'
