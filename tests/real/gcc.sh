# gcc -c of a real source starts cc1 and as, which are in the trace.
command=(gcc -O1 -g -c -I. -D_GNU_SOURCE -DMT_TOOL_VERSION='"0"' -o object.o source.c)
reset() { [ ! -e object.o ] || mv object.o object.bare; }
prepare() { cp "$REAL/counter.c" source.c && sed -i '1i #define PAGE "page"' source.c; }
also()
{
	cmp object.o object.bare || fail "another object file"
	holds 'process("cc1") | length == 1' '[.processes[] | select(.exe | test("/(.*-)?as$"))] | length == 1' 'process("cc1")[0].totals.allocations > 10000'
	verified 30000
}
