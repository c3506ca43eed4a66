# The report of a small leak fits a screen: the answer first, what was not seen last.
cp "$ROOT/tests/progs/leak_three_of_ten.c" .
gcc -D_GNU_SOURCE -I"$ROOT" -g -O1 -o leak_three_of_ten leak_three_of_ten.c
memtrace run -q -- ./leak_three_of_ten
memtrace report
