# The installed header and memtrace.pc work from where the tree lies, and are clean in C and C++.
root=$(dirname "$(command -v memtrace)")/..
command -v pkg-config >/dev/null || skip "pkg-config is not installed"
flags=$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags memtrace)
[ -n "$flags" ] || fail "memtrace.pc says nothing"
equal "version" "$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --modversion memtrace)" \
	"$(memtrace --version | grep -oE '[0-9]+\.[0-9.]+')"
equal "libraries" "$(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --libs memtrace)" ""
printf '#include <memtrace.h>\n#include <memtrace.h>\nint main(void) { memtrace_mark("m"); return 0; }\n' >one.c
warnings='-Wall -Wextra -pedantic -Wshadow -Wundef -Wconversion -Werror'
for compiler in gcc clang; do
	command -v $compiler >/dev/null || continue
	for standard in c90 c99 c11 gnu17; do
		$compiler -std=$standard $warnings -Wstrict-prototypes $flags -o one one.c
	done
	for standard in c++98 c++11 c++20; do
		$compiler -x c++ -std=$standard $warnings -Wold-style-cast $flags -o one one.c
	done
done
same ./one
