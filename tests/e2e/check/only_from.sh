# --only-from counts what its functions lost, and tells how much is elsewhere.
mkdir -p repo/src other
cat >repo/src/ours.c <<'C'
#include <stdlib.h>
void theirs(void);
void *volatile kept;
__attribute__((noinline)) void ours(void) { kept = malloc(11); kept = NULL; }
int main(int argc, char **argv) { (void)argv; if (argc > 1) ours(); theirs(); return 0; }
C
cat >other/theirs.c <<'C'
#include <stdlib.h>
static void *volatile kept;
__attribute__((noinline)) void theirs(void) { kept = malloc(22); kept = NULL; }
C
gcc -g -fPIC -shared -o other/libtheirs.so "$PWD/other/theirs.c"
gcc -g -o repo/prog "$PWD/repo/src/ours.c" other/libtheirs.so -Wl,-rpath,"$PWD/other"
status memtrace run --check --only-from=repo/src repo/prog 2>said
equal "only theirs leaks" $got 0
says said 'new=0'
status memtrace run --check --only-from=repo/src repo/prog x 2>said
equal "ours leaks, too" $got 101
says said '1 new leak, 1 elsewhere' 'ours .*ours.c' 'definite=11/1'
! grep -q '  theirs' said
status memtrace check --only-from=repo --only-from=other 2>said
says said 'definite=33/2'
status memtrace check --only-from=nowhere 2>said
equal "no such folder" $got 3
