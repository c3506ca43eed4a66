# On every event libunwind sees the same stack as ours does.
for program in every_function cxx_bad_alloc cxx_eight_threads 'deep 200' threads_short iconv_all alternate_stack timer_malloc; do
	MEMTRACE_VERIFY_STACKS=1 traced $program
	equal "status of $program" $traced 0
	sound
	info '.verified' >verified.json
	jq -e '.equal > 0 and .different <= .equal / 10000' verified.json >verified.out || fail "$program: $(cat verified.json)"
done
