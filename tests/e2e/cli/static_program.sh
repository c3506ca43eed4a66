# Of a static program it is said before it starts that it cannot be recorded and what can be done; then it runs with its own status.
bare static_program a b
memtrace run -o trace.bin -- static_program a b >traced.out 2>traced.err && got=0 || got=$?
equal status $got 9
cmp bare.out traced.out
says traced.err '^memtrace: .*static'
memtrace run -q -- static_program >traced.out 2>traced.err && got=0 || got=$?
equal status $got 9
says traced.err '^memtrace: .*static'
