# An output that cannot be written, or is none we know, never ends in green.
memtrace run -q true
status memtrace check --output=sarif:/dev/full 2>said
equal "full" $got 4
says said '^memtrace: /dev/full: cannot write it: No space left on device$' 'verdict=clean'
status memtrace check --output=sarif:none/out 2>said
equal "no folder" $got 4
says said 'none/out: cannot write it'
status memtrace run --check -q --output=junit:/dev/full true 2>said
equal "run" $got 125
for wrong in sariff:x sarif sarif: :x ''; do
	status memtrace check --output="$wrong" 2>said
	equal "'$wrong'" $got 3
	says said 'must be FORMAT:FILE'
done
status memtrace run --check --output=nothing:x echo started >out 2>said
equal "usage of run" $got 125
[ ! -s out ] || fail "the program was started"
