# bad_alloc is thrown and caught through memtrace, and the new_handler is called as without it.
same cxx_bad_alloc
complete
holds 'live_bytes("lives()") + live_bytes("lives") == 30'
