# run --check takes a trace's name and outputs side by side; without --check an output is refused.
status memtrace run --check -o mine.bin --output=sarif:a.sarif --output junit:a.xml leak_three_of_ten 2>said
equal "status" $got 101
says said 'verdict=findings .*trace=mine.bin$'
python3 "$E2E/outputs/read.py" sarif a.sarif >read
says read '^error leak/last-pointer-lost '
python3 "$E2E/outputs/read.py" junit a.xml >read
says read '^memtrace .*leak_three_of_ten failure L-'
[ -s mine.bin ] && [ ! -e trace.bin ] || fail "the trace is elsewhere: $(ls)"
status memtrace run --check --output=gitlab:a.json leak_three_of_ten 2>said
says said 'trace=trace.bin$'
status memtrace run --output=sarif:b.sarif echo started >out 2>said
equal "without --check" $got 125
[ ! -s out ] || fail "the program was started"
says said 'is for --check'
memtrace run -q -o ./sarif:b true
[ -s ./sarif:b ] || fail "a name with a colon"
# The file .memtrace may name outputs; those of the command line go before, and none is written twice.
echo 'output = junit:c.xml' >.memtrace
status memtrace run --check -o d.bin leak_three_of_ten 2>said
says said 'config=.memtrace .*trace=d.bin$'
[ -s c.xml ] || fail "the file's output was not written"
echo 'output = c.bin' >.memtrace
status memtrace run --check true 2>said
equal "a trace in the file" $got 125
# A program that failed keeps its status, and the outputs are there.
rm .memtrace
status memtrace run --check --output=junit:e.xml sh -c 'exit 3' 2>said
equal "failed" $got 3
python3 "$E2E/outputs/read.py" junit e.xml >read
says read '^memtrace sh -c exit 3 failure$'
