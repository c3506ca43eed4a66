# Under a filter that kills on any system call the allocator does not need the program survives and is recorded.
same seccomp
holds 'live("filtered_take") == 10 or any(.missing[]; .reason == "events-dropped")'
grep -q survived traced.out
same seccomp late
grep -q survived traced.out
holds 'live("filtered_take") == 10 or any(.missing[]; .reason == "events-dropped")'
