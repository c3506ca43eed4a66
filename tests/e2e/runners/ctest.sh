# CTest counts a defect for each leak that memtrace-ctest tells of, and none for a clean test.
command -v ctest >/dev/null || skip "CMake is not installed"
cp -r "$ROOT/examples/ctest" project
cd project
cmake -S . -B build >configured 2>&1 || fail "$(tail configured)"
cmake --build build >built 2>&1 || fail "$(tail built)"
ctest --test-dir build -T memcheck >said 2>&1 || fail "$(cat said)"
says said 'Memory checking results:' '^Memory Leak - 1$' '100% tests passed'
says build/Testing/Temporary/MemoryChecker.2.log 'definitely lost in loss record 1 of 1$' 'at .*strdup' 'by remember ' 'by main '
[ -s build/Testing/Temporary/MemoryChecker.2.bin ] || fail "the trace is not kept"
if grep -q 'lost in' build/Testing/Temporary/MemoryChecker.1.log; then
	fail "the clean test has a defect"
fi
# The number that scripts get.
status ctest -S dashboard.cmake >said 2>&1
says said 'defects: 1$' 'memtrace found 1 defects'
[ $got != 0 ] || fail "the script passed"
# What the baseline knows is no defect.
memtrace check --update-baseline --baseline=known build/Testing/Temporary/*.bin 2>/dev/null
cmake -S . -B build -DMEMORYCHECK_COMMAND_OPTIONS="--baseline=$PWD/known" >/dev/null
ctest --test-dir build -T memcheck >said 2>&1
if grep -q '^Memory Leak' said; then
	fail "a known leak is a defect"
fi
