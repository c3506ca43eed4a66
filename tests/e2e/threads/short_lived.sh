# Of a thousand threads that start and end in any order every event is recorded.
same threads_short
complete
holds 'made("thread_take") == 3000' 'live("thread_take") == 1000' 'made("thread_hand") == 500' 'live("thread_hand") == 0'
[ "$(info '.threads | length')" -ge 1001 ] || fail "fewer than 1001 threads"
