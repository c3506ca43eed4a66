# Allocations of thread_local destructors are recorded, main's too.
same cxx_thread_local
complete
holds 'live("at_thread_end()") + live("at_thread_end") == 6'
