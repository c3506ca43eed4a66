# A successful realloc is one allocation and one free, and realloc(p, 0) that gives NULL is one free.
same realloc_forms
complete
holds 'made("chain") == 101' 'live("chain") == 0'
