# The peak, who held it then, the temporaries and the totals are those of the program.
same peak_in_the_middle
complete
holds '.totals.peak_bytes >= 1000070 and .totals.peak_bytes < 1010000' \
	'(of("load_table") | sum(.peak_bytes)) == 1000000' \
	'(of("small_rest") | sum(.peak_bytes)) == 70' '(of("churn") | sum(.peak_bytes)) == 0' \
	'.totals.temporary_allocations >= 5000 and .totals.temporary_allocations <= 5100' \
	'.totals.allocated_bytes - .totals.freed_bytes == .totals.live_bytes' \
	'.totals.allocations - .totals.frees == .totals.live_allocations' \
	'(.sites | sum(.live_bytes)) == .totals.live_bytes' \
	'(.sites | sum(.peak_bytes)) == .totals.peak_bytes'
memtrace report >text
says text 'load_table' 'churn' 'small_rest'
