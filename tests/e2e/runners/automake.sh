# automake's LOG_COMPILER fails the test that leaks, and passes the other.
command -v automake >/dev/null || skip "automake is not installed"
cp -r "$ROOT/examples/automake" project
cd project
autoreconf -i >said 2>&1 || fail "$(tail said)"
./configure CFLAGS='-g -O1' >said 2>&1 || fail "$(tail said)"
status make check LOG_COMPILER='memtrace run' LOG_FLAGS='--check --quiet-if-clean -q -o %n.bin' >said 2>&1
[ $got != 0 ] || fail "passed: $(cat said)"
says said '^PASS: test_clean' '^FAIL: test_leaks'
says test_leaks.log 'new .*remember' 'verdict=findings'
