# An exec by the raw system call is followed or said to be missing, never passed over.
same becomes raw "$PROGS/leaf"
holds 'live("leaf_take") == 1 or any(.missing[]; .reason == "not-followed" and .affects_verdict)'
