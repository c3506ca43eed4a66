# A C++ program with eight threads that pass memory to each other.
command=("$PROGS/cxx_eight_threads")
