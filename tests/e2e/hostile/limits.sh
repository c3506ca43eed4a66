# Within its own limits of address space, file size and descriptors a program works on; what cannot be recorded is counted.
for what in as fsize nofile; do
	same limited $what
	holds '(made("limited_take") == 600000 and live("limited_take") == 10) or any(.missing[]; .reason == "events-dropped")'
done
