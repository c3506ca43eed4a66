# The example for cmocka: the leak is told with the test that made it, and no other test fails.
cp "$ROOT/examples/cmocka/test_list.c" .
gcc -g -O1 -o test_list test_list.c -lcmocka
status memtrace run --check --output=junit:leaks.xml ./test_list >said 2>&1
equal "status" $got 101
says said '2 test\(s\) run' 'verdict=findings program=0 definite=16/1'
python3 "$E2E/outputs/read.py" junit leaks.xml | sed 's/ L-[0-9a-f]*//g' >read
diff - read <<'R'
memtrace ./test_list passed
test_list test_a_list_holds_what_was_pushed failure
R
