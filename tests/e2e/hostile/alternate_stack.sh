# An allocation on an alternate signal stack is seen down to main.
same alternate_stack
complete
holds 'live("on_alternate") == 10' 'names("on_alternate") | index("raise_it") != null and index("main") != null'
