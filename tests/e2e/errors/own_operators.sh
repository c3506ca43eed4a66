# What crosses between a program and a library with operators of its own is no error: each side frees with what malloc gave.
cat >plugin.cc <<'END'
#include <new>
#include <string>
struct part { long words[4]; };
extern "C" part *plugin_make() { return new part(); }
extern "C" void plugin_end(part *p) { delete p; }
extern "C" unsigned long plugin_size(const char *s) { try { return std::string(s).append(200, 'x').size(); } catch (...) { return 0; } }
END
cat >main.cc <<'END'
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
struct part { long words[4]; };
int main(int argc, char **argv)
{
	void *library = dlopen(argv[1], RTLD_NOW);
	part *(*make)() = (part *(*)())dlsym(library, "plugin_make");
	void (*end)(part *) = (void (*)(part *))dlsym(library, "plugin_end");
	unsigned long (*size)(const char *) = (unsigned long (*)(const char *))dlsym(library, "plugin_size");
	for (int i = 0; i < 5; i++) {
		delete make();
		end(new part());
	}
	printf("%lu\n", size("a"));
	return 0;
}
END
printf '{ global: plugin_*; local: *; };\n' >hidden.map
g++ -g -O1 -w -o crossing main.cc -ldl
g++ -g -O1 -shared -fPIC -static-libstdc++ -static-libgcc -o open.so plugin.cc
g++ -g -O1 -shared -fPIC -static-libstdc++ -static-libgcc -Wl,--version-script=hidden.map -o hidden.so plugin.cc
g++ -g -O1 -shared -fPIC -o plain.so plugin.cc
cp hidden.so stripped.so
strip stripped.so
for library in open hidden stripped plain; do
	same ./crossing "./$library.so"
	holds '[.errors[]] == [0, 0, 0, 0]' '[.findings[] | select(.kind == "error")] == []'
done
# The same with an allocator that stands before the C library's, and tells its kinds apart.
cat >kinds.c <<'END'
#include <stddef.h>
extern void *__libc_malloc(size_t);
extern void __libc_free(void *);
void *malloc(size_t n) { return __libc_malloc(n); }
void *_Znwm(size_t n) { return __libc_malloc(n); }
void free(void *p) { __libc_free(p); }
void _ZdlPvm(void *p, size_t n) { (void)n; __libc_free(p); }
END
gcc -O1 -w -shared -fPIC -fno-builtin -o kinds.so kinds.c
for library in open hidden plain; do
	LD_PRELOAD=./kinds.so same ./crossing "./$library.so"
	holds '[.errors[]] == [0, 0, 0, 0]'
done
