# Any number of outputs at once, of one format too, by one reading of the trace; the last line stays.
memtrace run -q leak_three_of_ten
status memtrace check --output=sarif:a.sarif --output=sarif:b.sarif --output=junit:a.xml \
	--output github:a.txt --output=gitlab:a.json --output=valgrind-xml:v.xml \
	--output=valgrind-log:v.log --output=markdown:a.md --output=json:c.json 2>said
equal "status" $got 1
cmp a.sarif b.sarif
for name in a.sarif a.xml a.txt a.json v.xml v.log a.md c.json; do
	[ -s $name ] || fail "$name is empty"
done
memtrace check --json 2>/dev/null >d.json || :
cmp c.json d.json
equal "last line" "$(tail -n 1 said | cut -d' ' -f 1,2)" "memtrace: verdict=findings"
python3 "$E2E/outputs/read.py" valgrind v.xml >/dev/null
