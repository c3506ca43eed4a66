# A finding is told with the test that it was made in, by GoogleTest and cmocka.
[ -e /usr/include/gtest/gtest.h ] || skip "GoogleTest is not installed"
cat >google.cc <<'C'
#include <gtest/gtest.h>
#include <cstdlib>
static void *volatile sink;
static void lose() { sink = malloc(5); sink = nullptr; }
TEST(List, Pushes) { lose(); }
TEST(List, Pops) { free(malloc(5)); }
C
g++ -g -O0 -o google google.cc -lgtest -lgtest_main -lpthread
cat >mocka.c <<'C'
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
static void *volatile sink;
static void lose(void) { sink = malloc(7); sink = NULL; }
static void test_pushes(void **state) { (void)state; lose(); }
static void test_pops(void **state) { (void)state; free(malloc(7)); }
int main(void)
{
	const struct CMUnitTest all[] = { cmocka_unit_test(test_pushes), cmocka_unit_test(test_pops) };
	return cmocka_run_group_tests(all, NULL, NULL);
}
C
gcc -g -O0 -o mocka mocka.c -lcmocka
memtrace run -q -o google.bin ./google >/dev/null
memtrace run -q -o mocka.bin ./mocka >/dev/null 2>&1
status memtrace check --output=junit:out.xml --output=markdown:out.md google.bin mocka.bin 2>said
equal "status" $got 1
python3 "$E2E/outputs/read.py" junit out.xml | sed 's/ L-[0-9a-f]*/ L-/' >read
diff - read <<'R'
memtrace ./google passed
memtrace ./mocka passed
List Pushes failure L-
mocka test_pushes failure L-
R
says out.md '\| List.\.Pushes \|$' '\| test.?_pushes \|$'
