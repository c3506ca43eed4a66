# Of a set-uid program it is said before it starts that it cannot be recorded; then it runs as the user it belongs to.
need_root
cat >who.c <<'C'
#include <stdio.h>
#include <unistd.h>
int main(void) { printf("%d\n", (int)geteuid()); return 4; }
C
gcc -o who who.c
chown 65534 who && chmod 4755 who
status ./who >bare.out
[ "$(cat bare.out)" = 65534 ] || skip "this file system does not honour set-uid"
status memtrace run -- ./who >traced.out 2>traced.err
equal status $got 4
cmp bare.out traced.out
says traced.err '^memtrace: .*set-uid'
status memtrace run -q -- sh -c './who; leaf seven' >traced.out 2>traced.err
equal status $got 7
equal "the child's user" "$(head -n 1 traced.out)" 65534
holds 'any(.missing[]; .reason == "set-uid-program")' 'live("leaf_take") == 1'
