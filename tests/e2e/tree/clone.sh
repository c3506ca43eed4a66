# A child by the raw clone system call without shared memory is followed.
same family clone
complete
holds '.processes | length == 2' '.processes[1].parent_id == 1' \
	'live("parent_take") == 4' 'made("parent_take") == 10' 'live("child_take") == 2' \
	'.processes[1].totals.inherited_frees == 6' '.processes[0].totals.inherited_frees == 0' \
	'[.errors[] | . == null or . == 0] | all' '.processes[1].totals.live_bytes >= 154' \
	'.totals.allocations == ([.processes[].totals.allocations] | add)'
