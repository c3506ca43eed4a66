# The program's descriptors have the numbers they have without memtrace.
same first_fd
complete
