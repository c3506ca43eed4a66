# When standard output cannot be written the commands say so and end with 4.
memtrace run -q -- leaf >/dev/null
for command in report 'report --json' info 'info --json' dump; do
	status memtrace $command >/dev/full 2>said
	equal "status of $command" $got 4
	says said '^memtrace: '
done
