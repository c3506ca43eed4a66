# memtrace-ctest keeps the test's status, fails what was not seen whole, and refuses options it does not know.
memtrace-ctest -q --tool=memcheck --leak-check=yes --show-reachable=yes --num-callers=50 --log-file="$PWD/a b.log" leak_three_of_ten
says 'a b.log' '^==1== 48 bytes in 3 blocks are definitely lost in loss record 1 of 1$'
status memtrace-ctest --error-exitcode=9 leak_three_of_ten
equal "with --error-exitcode" $got 9
says memtrace-ctest.log 'definitely lost'
status memtrace-ctest --error-exitcode=9 sh -c 'leak_three_of_ten; exit 101'
equal "a test that ends as a leak would" $got 101
says memtrace-ctest.log '^==1== memtrace: the program ended with status 101$'
status memtrace-ctest sh -c 'exit 3'
equal "a test that failed" $got 3
status memtrace-ctest sh -c 'static_program; :' >/dev/null 2>&1
equal "a blind one" $got 102
says memtrace-ctest.log 'INCONCLUSIVE: static-program'
memtrace-ctest --allow-incomplete=static-program sh -c 'static_program; :' >/dev/null 2>&1
status memtrace-ctest wrong_free grown 2>/dev/null
says memtrace-ctest.log '^==1== Invalid free\(\) / delete / delete\[\] / realloc\(\)$'
memtrace-ctest --limit=definite:48 --error-exitcode=9 leak_three_of_ten
if grep -q 'lost in' memtrace-ctest.log; then
	fail "within its limit, and a defect"
fi
memtrace-ctest --xml-file=out.xml leak_three_of_ten
python3 "$E2E/outputs/read.py" valgrind out.xml >/dev/null
status memtrace-ctest --tool=callgrind true 2>said
equal "another tool" $got 125
status memtrace-ctest --log-file=x 2>said
equal "no program" $got 125
status memtrace-ctest none-such 2>/dev/null
equal "not found" $got 127
# Its own output is nobody's: the test prints what it prints.
equal "output" "$(memtrace-ctest echo one two 2>&1)" "one two"
