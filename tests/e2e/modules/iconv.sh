# Libraries that libc unloads by itself leave no stack broken.
same iconv_all
complete
holds 'live("convert_take") == 36' '[of("convert_take")[] | select(any(.stack[]; .function == "main")) | .live_allocations] | add == 36'
