# A process that a signal ends dumps a core exactly when it does without memtrace.
options=--snapshot-at-exit=yes
for how in abort assert segv fpe breakpoint overflow 15 3 13 24 11 9 thread threads; do
	same says_end dies $how dump
	says traced.out '^signal '
	rm -f core*
done
same says_end dies abort
says traced.out 'no core'
