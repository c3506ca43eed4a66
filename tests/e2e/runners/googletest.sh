# The example for GoogleTest: the leak is told with the test that made it, and no other test fails.
[ -e /usr/include/gtest/gtest.h ] || skip "GoogleTest is not installed"
cp "$ROOT/examples/googletest/test_list.cc" .
g++ -g -O1 -o test_list test_list.cc -lgtest -lgtest_main -lpthread
status memtrace run --check --output=junit:leaks.xml ./test_list >said 2>&1
equal "status" $got 101
says said 'PASSED.* 2 tests' 'verdict=findings program=0 definite=16/1'
python3 "$E2E/outputs/read.py" junit leaks.xml | sed 's/ L-[0-9a-f]*//g' >read
diff - read <<'R'
memtrace ./test_list passed
List HoldsWhatWasPushed failure
R
