# What the program freed and malloc keeps is said to be no leak, when it is much.
same keeps_freed 65536
holds '.verdict == "clean"' '.notes | map(select(.reason == "allocator-cache")) | length == 1 and
	(.[0].count | . > 65000000 and . < 66100000)'
memtrace report trace.bin >text
says text '^About 6[56](\.[0-9])? MB freed by the program are kept by malloc for reuse: no leak\.$'
same keeps_freed 100
holds '.verdict == "clean"' '[.notes[].reason] | index("allocator-cache") == null'
memtrace report trace.bin >text
! grep 'for reuse' text || fail "little is not worth a line"
# Freed and given back: malloc has nothing to keep.
cat >gives_back.c <<'S'
#include <malloc.h>
#include <stdlib.h>
void *volatile all[64];
int main(void)
{
	for (int i = 0; i < 64; i++) all[i] = malloc(1 << 20);
	for (int i = 0; i < 64; i++) { free(all[i]); all[i] = 0; }
	malloc_trim(0);
	all[0] = malloc(10);
	return 0;
}
S
gcc -O1 -o gives_back gives_back.c
same ./gives_back
holds '[.notes[].reason] | index("allocator-cache") == null'
