# A C++ program with eight threads and exceptions leaves nothing of its own behind.
same cxx_eight_threads
complete
holds 'live("work(int)") == 0' 'made("work(int)") > 100000'
