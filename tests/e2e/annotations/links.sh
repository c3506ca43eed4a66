# The header finds the library however the program was linked, and needs it in none of these ways.
cat >said.c <<'END'
#include <memtrace.h>
#include <stdlib.h>
int main(void)
{
	memtrace_mark("said");
	memtrace_type(NULL, "nothing");
	memtrace_root(NULL, 0);
	memtrace_ignore(NULL);
	return 0;
}
END
include=$(dirname "$(command -v memtrace)")/../include
build()
{
	"${CC:-cc}" -Wall -Wextra -pedantic -Werror -I"$include" -o said "$@" || fail "does not build: $*"
}
built()
{
	build "$@"
	[ -z "$(nm -u said | grep memtrace | grep -v ' w ')" ] || fail "needs a library: $*"
	same ./said
	equal "mark of $*" "$(info '[.marks[] | [.name, .count]]')" '[["said",1]]'
}
built said.c -fPIE -pie
built said.c -fno-pie -no-pie
built said.c -O2 -fno-pie -no-pie -std=c99
built said.c -O2 -fvisibility=hidden -Wl,-z,now
"${CXX:-c++}" -x c++ -Wall -Wextra -pedantic -Werror -I"$include" -o said said.c
same ./said
equal "mark of C++" "$(info '[.marks[] | .count]')" '[1]'

# In a library, linked and loaded.
sed 's/int main(void)/int said(void); int said(void)/' said.c >library.c
"${CC:-cc}" -Wall -Werror -fPIC -shared -I"$include" -o libsaid.so library.c
echo 'int said(void); int main(void) { return said(); }' >linked.c
built linked.c "$PWD/libsaid.so"
cat >loaded.c <<'END'
#include <dlfcn.h>
int main(void)
{
	void *library = dlopen("./libsaid.so", RTLD_NOW | RTLD_LOCAL);
	int (*said)(void);
	*(void **)&said = dlsym(library, "said");
	return said();
}
END
built loaded.c -Wno-pedantic -ldl

# A static program cannot be recorded, and does what it did.
build said.c -static
bare ./said
equal "status of a static program" "$bare" 0
