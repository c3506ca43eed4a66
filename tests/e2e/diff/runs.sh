# Between two runs a finding is new, gone, grown, shrunk or the same, in text, JSON and Markdown; the status is 0.
cat >prog.c <<'C'
#include <stdlib.h>
static void *volatile kept;
#define LOSES(name) \
	__attribute__((noinline)) static void name(size_t n) { kept = malloc(n); kept = NULL; }
LOSES(always) LOSES(first) LOSES(second) LOSES(more) LOSES(less)
static void all(int run)
{
	volatile char room[65536];
	room[0] = 0;
	always(10);
	if (run == 1) first(20); else second(30);
	more(run == 1 ? 40 : 50);
	less(run == 1 ? 70 : 60);
	room[65535] = 0;
}
int main(int argc, char **argv) { (void)argv; all(argc); return 0; }
C
gcc -g -O0 -o prog prog.c
memtrace run -q -o old.bin ./prog
sed -i '1i \\n\n' prog.c
gcc -g -O0 -o prog prog.c
memtrace run -q -o new.bin ./prog x
memtrace diff old.bin new.bin >text
says text '^old.bin → new.bin$' '1 new, 1 gone, 1 grown, 1 shrunk, 1 same' \
	'new +L-[0-9a-f]+  30 B in 1 .* second ' 'gone +L-[0-9a-f]+  20 B in 1 .* first ' \
	'grown +L-[0-9a-f]+  40 B in 1 → 50 B in 1 .* more ' 'shrunk +L-[0-9a-f]+  70 B in 1 → 60 B in 1 .* less '
! grep -q ' always ' text
memtrace diff --json old.bin new.bin >json
jq -e '.schema == "memtrace-diff/1" and .by == "fingerprint" and .changes == {new: 1, gone: 1, grown: 1, shrunk: 1, same: 1}' json >/dev/null
jq -e '.rows | map([.change, .responsible.function, .old.bytes, .new.bytes]) | sort == [["gone","first",20,0],["grown","more",40,50],["new","second",0,30],["same","always",10,10],["shrunk","less",70,60]]' json >/dev/null
memtrace diff --markdown old.bin new.bin >table
equal "lines of the table" "$(grep -c '^| ' table)" 6
says table '^\| grown \| L-[0-9a-f]+ .*40 B in 1 → 50 B in 1'
memtrace diff --top=0 old.bin new.bin >text
says text 'and 4 more'
status memtrace diff old.bin 2>said
equal "one operand" $got 3
status memtrace diff old.bin missing.bin 2>said
equal "no such trace" $got 4
status memtrace diff --json --markdown old.bin new.bin 2>said
equal "two forms at once" $got 3
