# Help is there three ways, on standard output, and names every option of the man page's command.
memtrace --help >all.out 2>err
memtrace help >all2.out
cmp all.out all2.out
for command in run report info dump; do
	memtrace help $command >one.out
	memtrace $command --help >two.out
	cmp one.out two.out
	says all.out "^ *$command\\b"
	says one.out "memtrace $command"
	[ -s "$BUILD/stage/usr/share/man/man1/memtrace-$command.1" ] || fail "no man page of $command"
done
says <(memtrace --version) '^memtrace [0-9]+\.[0-9]+\.[0-9]+'
[ ! -s err ] || fail "something on standard error"
