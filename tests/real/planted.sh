# Nothing is called lost that Valgrind finds held, and what is planted in a program is found lost.
run_case()
{
	gcc -O2 -g -D_GNU_SOURCE -shared -fPIC -o planted.so "$ROOT/tests/verdicts/planted.c" -ldl
	mkdir runs
	cd runs
	"$ROOT/tests/verdicts/planted.py" "${RUNS:-1}" ../planted.so
}
