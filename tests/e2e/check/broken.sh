# A trace that is cut or damaged is inconclusive; what is no trace is 4.
memtrace run -q leak_causes global
memtrace run -q -o leak.bin leak_causes lost
size=$(stat -c %s trace.bin)
head -c $((size * 3 / 4)) trace.bin >cut.bin
status memtrace check cut.bin 2>said
equal "a cut trace" $got 2
says said 'INCONCLUSIVE' 'complete=no'
status memtrace check --strict cut.bin 2>said
equal "a cut trace with --strict" $got 4
cp trace.bin damaged.bin
printf 'xxxxxxxx' | dd of=damaged.bin bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
status memtrace check damaged.bin 2>said
equal "a damaged trace" $got 2
says said 'INCONCLUSIVE: .*trace-damaged'
echo nonsense >not.bin
status memtrace check not.bin 2>said
equal "no trace at all" $got 4
status memtrace check trace.bin not.bin 2>said
equal "one of two is no trace" $got 4
status memtrace check cut.bin leak.bin 2>said
equal "a leak beside a cut trace" $got 1
says said 'INCOMPLETE' 'verdict=findings .*complete=no'
