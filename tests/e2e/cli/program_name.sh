# PROGRAM is found as a shell finds it, and options behind it are its own.
printf '#!/bin/sh\necho "$0 $*"\n' >echo-it && chmod +x echo-it
mkdir path && cp echo-it path/only-in-path
PATH=$PWD/path:$PATH
equal "by PATH" "$(memtrace run -q only-in-path -q -o x --help)" "$PWD/path/only-in-path -q -o x --help"
equal "by name" "$(memtrace run -q -- ./echo-it -- a)" "./echo-it -- a"
status memtrace run -q -- echo-it
equal "not in PATH" $got 127
cp "$PROGS/leaf" ./-odd && equal "odd name" "$(env -i "PATH=$PATH" memtrace run -q -- ./-odd | cut -d' ' -f1)" leaf
