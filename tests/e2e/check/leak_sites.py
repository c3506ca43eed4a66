#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Writes a program whose leak sites each have a size of their own, 1000 and more, and says
# how many on standard error. With an argument the same program, its lines moved down.
import sys
pad = int(sys.argv[1]) if len(sys.argv) > 1 else 0
out = []
calls = []
n = 0
def size():
    global n
    n += 1
    return 1000 + n
def emit(text): out.append(text + "\n" * (pad * (len(out) % 7)))
emit('''#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>
#include <algorithm>
static void *volatile sink;
static volatile int always = 1, never = 0;
static void drop(void *p) { sink = p; sink = nullptr; }
''')
# plain static functions, one to three levels, small enough to be inlined
for i in range(8):
    s = size()
    emit(f'static void leaf{i}(size_t n) {{ drop(malloc(n)); sink = (void *){i}; }}')
    emit(f'static void middle{i}(size_t n) {{ if (always) leaf{i}(n); sink = (void *){i}; }}')
    emit(f'static void outer{i}() {{ middle{i}({s}); sink = (void *)(320 + {i}); }}')
    calls.append(f'outer{i}();')
# functions that pass the result on: sibling calls
for i in range(6):
    s = size()
    emit(f'__attribute__((noinline)) static void *make{i}(size_t n) {{ sink = (void *)({i} + 100); return malloc(n); }}')
    emit(f'__attribute__((noinline)) static void *wrap{i}(size_t n) {{ sink = (void *)({i} + 200); return make{i}(n); }}')
    calls.append(f'drop(wrap{i}({s}));')
# constant propagation, argument removal, partial inlining, cold parts
for i in range(4):
    s = size()
    emit(f'__attribute__((noinline)) static void clone{i}(size_t n, int unused, int k) {{ (void)unused; char *p = (char *)calloc(1, n + (size_t)k); p[0] = (char)k; drop(p); sink = (void *)({i} + 900); }}')
    calls.append(f'clone{i}({s}, 7, 0);')
    s = size()
    emit(f'static void part{i}(size_t n, const char *t) {{ if (!t) return; for (int i = 0; i < 3; i++) if (t[i] == \'?\') abort(); drop(malloc(n)); sink = (void *)(340 + {i}); }}')
    emit(f'__attribute__((noinline)) static void uses_part{i}(const char *t) {{ part{i}({s}, t); sink = (void *)(360 + {i}); }}')
    calls.append(f'uses_part{i}("abc"); if (never) {{ part{i}(1, "xyz"); part{i}(2, nullptr); }}')
    s = size()
    emit(f'__attribute__((noinline)) static void cold{i}(int x) {{ if (__builtin_expect(x, 0)) {{ drop(malloc({s})); sink = (void *)(380 + {i}); }} sink = (void *)(400 + {i}); }}')
    calls.append(f'cold{i}(always);')
# methods, constructors, virtual calls, templates, lambdas
for i in range(4):
    s = size()
    emit(f'struct Thing{i} {{ void *p; Thing{i}() : p(malloc({s})) {{}} virtual void work() {{ sink = p; p = nullptr; sink = nullptr; }} virtual ~Thing{i}() {{}} }};')
    calls.append(f'{{ Thing{i} t; t.work(); drop(nullptr); }}')
    s = size()
    emit(f'namespace ns{i} {{ class Maker {{ public: virtual void *make(size_t n) {{ void *p = ::operator new(n); sink = p; return p; }} }}; }}')
    calls.append(f'{{ ns{i}::Maker m; ns{i}::Maker *volatile at = &m; at->make({s}); }} drop(nullptr);')
    s = size()
    emit(f'template <typename T, int N> struct Pool{i} {{ T *grow(int k) {{ T *p = new T[N + k]; drop(p); return p; }} }};')
    calls.append(f'{{ Pool{i}<char, {s}> pool; pool.grow(0); }}')
    s = size()
    emit(f'template <typename T> static void fill{i}(T n) {{ drop(malloc((size_t)n)); sink = (void *)(420 + {i}); }}')
    calls.append(f'fill{i}<long>({s});' if i % 2 else f'fill{i}<unsigned>({s});')
    s = size()
    emit(f'__attribute__((noinline)) static void with_lambda{i}() {{ auto f = [](size_t n) {{ drop(malloc(n)); sink = (void *)({i} + 777); }}; f({s}); sink = nullptr; }}')
    calls.append(f'with_lambda{i}();')
# the library's containers, leaked by their owner
for i in range(3):
    s = size()
    emit(f'static void vector{i}() {{ auto *v = (std::vector<char> *)calloc(1, sizeof(std::vector<char>)); v->reserve({s}); sink = v->data(); sink = nullptr; free(v); drop(nullptr); }}')
    calls.append(f'vector{i}();')
    s = size()
    emit(f'static void string{i}() {{ std::string *t = new (malloc(sizeof(std::string))) std::string; t->assign({s} - 1, \'x\'); void *p = t; free(p); drop(nullptr); }}')
    calls.append(f'string{i}();')
    s = size()
    emit(f'static void unique{i}() {{ std::unique_ptr<char[]> p(new char[{s}]); drop(p.release()); }}')
    calls.append(f'unique{i}();')
    s = size()
    emit(f'struct Big{i} {{ char room[{s} * 8 - 16]; }};')
    emit(f'static void shared{i}() {{ void *room = malloc(sizeof(std::shared_ptr<Big{i}>)); new (room) std::shared_ptr<Big{i}>(std::make_shared<Big{i}>()); sink = ((std::shared_ptr<Big{i}> *)room)->get(); sink = nullptr; free(room); drop(nullptr); }}')
    calls.append(f'shared{i}();')
# callbacks: by the C library, by std::function, in a thread
for i in range(3):
    s = size()
    emit(f'static int compare{i}(const void *a, const void *b) {{ static int done; if (!done++) {{ drop(malloc({s})); }} return *(const char *)a - *(const char *)b; }}')
    calls.append(f'{{ char text[] = "bca"; qsort(text, 3, 1, compare{i}); }}')
    s = size()
    emit(f'static void called{i}(int) {{ drop(malloc({s})); sink = (void *)(440 + {i}); }}')
    calls.append(f'{{ std::function<void(int)> f = called{i}; f(1); }}')
    s = size()
    emit(f'static void threaded{i}() {{ drop(malloc({s})); sink = (void *)(460 + {i}); }}')
    calls.append(f'std::thread(threaded{i}).join();')
    s = size()
    emit(f'static void each{i}(int) {{ drop(malloc({s})); sink = (void *)(480 + {i}); }}')
    calls.append(f'{{ int one[1] = {{ 1 }}; std::for_each(one, one + 1, each{i}); }}')
# recursion
for i in range(2):
    s = size()
    emit(f'__attribute__((noinline)) static int down{i}(int d) {{ if (!d) {{ drop(malloc({s})); return 1; }} int r = down{i}(d - 1); return r + d; }}')
    calls.append(f'down{i}(4);')
emit('__attribute__((noinline)) static void all()\n{\n\t' + '\n\t'.join(calls) + '\n\tdrop(nullptr);\n}')
emit('__attribute__((noinline)) static void deep() { volatile char room[65536]; room[0] = 1; all(); room[65535] = 1; }')
emit('int main() { deep(); return 0; }')
sys.stdout.write('\n' * pad + ''.join(t + '\n' for t in out))
sys.stderr.write(f'{n}\n')
