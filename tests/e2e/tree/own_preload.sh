# The user's own LD_PRELOAD stays, behind ours, and the program sees it as it was.
cat >own.c <<'C'
#include <errno.h>
#include <string.h>
#include <unistd.h>
__attribute__((constructor)) static void hello(void)
{
	if (strcmp(program_invocation_short_name, "memtrace") && write(1, "own preload\n", 12) < 0)
		_exit(1);
}
C
gcc -D_GNU_SOURCE -shared -fPIC -o own.so own.c
clean=(env -i "PATH=$PATH" "LD_PRELOAD=$PWD/own.so" "LAST=1")
"${clean[@]}" environment >bare.out
"${clean[@]}" memtrace run -q -- environment >traced.out
diff -u bare.out traced.out
grep -q '^early .*own.so' traced.out || fail "own.so was not loaded"
complete
