# A baseline fails only on what is new or grew; it goes down by itself and up only by --force.
memtrace run -q -o one.bin leak_causes lost
memtrace run -q -o two.bin leak_causes indirect
memtrace check --update-baseline one.bin 2>said
says said 'written: 1 finding' 'verdict=clean .*new=0 known=1 gone=0 .*baseline=.memtrace-baseline'
says .memtrace-baseline '^# memtrace baseline 1$' '^L-[0-9a-f]{16} bytes=48 allocations=3 kind=definite function=make_lost$'
memtrace check one.bin 2>said
equal "lines" "$(wc -l <said)" 1
status memtrace check one.bin two.bin 2>said
equal "a new one" $got 1
says said '1 new leak, 1 known in .memtrace-baseline, 0 gone' 'new .*make_head' 'definite=32/1 .*known=1'
# The other way round: nothing of it is here.
status memtrace check two.bin 2>said
says said 'gone  L-[0-9a-f]* *make_lost'
# Raised by hand it is lowered; taken in is what is new only by force.
sed -i 's/bytes=48/bytes=1000/' .memtrace-baseline
memtrace check --update-baseline one.bin 2>said
says .memtrace-baseline 'bytes=48 '
status memtrace check --update-baseline one.bin two.bin 2>said
equal "nothing new is taken in" $got 1
equal "entries" "$(grep -c ^L- .memtrace-baseline)" 1
sed -i 's/bytes=48/bytes=40/' .memtrace-baseline
status memtrace check one.bin 2>said
equal "it grew" $got 1
says said 'grew  L-.*make_lost.*known: 40 B in 3' 'definite=8/0'
status memtrace check --update-baseline one.bin 2>said
equal "not raised" $got 1
memtrace check --update-baseline --force one.bin two.bin 2>said
equal "both" "$(grep -c ^L- .memtrace-baseline)" 2
memtrace check one.bin two.bin 2>said
grep ^L- .memtrace-baseline | sort -c
memtrace check --update-baseline two.bin 2>said
equal "taken out" "$(grep -c ^L- .memtrace-baseline)" 1
status memtrace check --no-baseline two.bin 2>said
equal "without" $got 1
