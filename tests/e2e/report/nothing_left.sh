# Of a program that freed everything the first lines say so.
cp "$ROOT/tests/progs/busy.c" .
gcc -D_GNU_SOURCE -I"$ROOT" -g -O1 -o busy busy.c
memtrace run -q -- ./busy 1000
memtrace report
holds '.verdict == "clean"' '.findings == []' '.leaks.unclassified.bytes == 0'
