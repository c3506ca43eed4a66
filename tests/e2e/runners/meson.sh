# Meson fails the test that leaks under its --wrap, and passes the other; the traces are judged together.
command -v meson >/dev/null || skip "Meson is not installed"
cp -r "$ROOT/examples/meson" project
cd project
meson setup build >said 2>&1 || fail "$(tail said)"
status meson test -C build --wrap 'memtrace run --check --quiet-if-clean -q -o %n.bin' >said 2>&1
[ $got != 0 ] || fail "passed: $(cat said)"
says said 'clean +OK' 'leaks +FAIL .*exit status 101'
status memtrace check --output=junit:out.xml build/*.bin 2>/dev/null
equal "together" $got 1
python3 "$E2E/outputs/read.py" junit out.xml >read
says read 'test_clean passed$' 'test_leaks failure L-'
