# The file .memtrace holds options as the command line has them, which goes before it.
memtrace run -q leak_causes lost
printf '# a comment\n\nlimit = definite:48\nlimit=peak:1M\n  quiet-if-clean\n' >.memtrace
memtrace check >said 2>&1
equal "nothing said" "$(cat said)" ""
status memtrace check --limit=definite:47 2>said
equal "the command line's limit" $got 1
says said 'config=.memtrace '
status memtrace check --no-config 2>said
equal "without the file" $got 1
says said 'config=- '
printf 'leak-exit-code = 9\nlimit = definite:1\n' >other
status memtrace check --config=other 2>said
equal "another file" $got 9
says said 'config=other '
status memtrace run --check --config=other leak_causes lost 2>said
equal "the same of run" $got 9
for line in 'limits = definite:0' 'limit' 'quiet-if-clean = yes' 'limit = definite:x' 'json' 'a b'; do
	echo "$line" >.memtrace
	status memtrace check 2>said
	equal "the line '$line'" $got 3
	says said "limit|option|flag|value"
done
status memtrace check --config=missing 2>said
equal "a file that is not there" $got 3
