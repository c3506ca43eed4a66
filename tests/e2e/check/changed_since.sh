# --changed-since marks what is lost in lines that were changed.
git init -q . && git config user.email a@b && git config user.name n
cat >prog.c <<'C'
#include <stdlib.h>
void *volatile kept;
__attribute__((noinline)) void old(void)
{
	kept = malloc(11);
}
__attribute__((noinline)) void fresh(void)
{
	kept = NULL;
}
int main(void) { old(); fresh(); kept = NULL; return 0; }
C
git add prog.c && git commit -qm one
sed -i 's/^	kept = NULL;/	kept = malloc(22);/' prog.c
gcc -g -o prog "$PWD/prog.c"
status memtrace run --check --changed-since=HEAD ./prog 2>said
equal status $got 101
says said ' fresh .*\(changed line\)' ' old '
! grep -q ' old .*changed' said
status memtrace check --changed-since=no-such-commit 2>said
equal "a commit that is not there" $got 3
