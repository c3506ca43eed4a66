# A cut trace is read up to its cut, with 0, with --strict 4, and the certificate says so.
memtrace run -q -- busy 200000
size=$(stat -c %s trace.bin)
for ((i = 1; i <= 12; i++)); do
	head -c $((size * i / 13)) trace.bin >cut.bin
	file=cut.bin
	rm -f report.json
	holds '.trace.cut' '.complete == false' 'any(.missing[]; .reason == "trace-cut" and .affects_verdict)' '.verdict != "clean"'
	memtrace report cut.bin >text
	says text 'cut'
	status memtrace report --strict cut.bin >/dev/null 2>said
	equal "status with --strict" $got 4
	memtrace dump cut.bin >/dev/null
	memtrace info cut.bin >/dev/null
done
