# A stack of 2 KiB is enough, and the stack of an allocation on it ends at its edge.
same coroutine
complete
holds 'made("small_take") == 1000' 'live("small_take") == 100'
