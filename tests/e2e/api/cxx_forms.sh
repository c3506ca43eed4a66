# Every form of new is one allocation, every form of delete one free.
same cxx_forms
complete
holds 'made("keeps()") + made("keeps") == 8' 'live_bytes("keeps()") + live_bytes("keeps") == 800' \
	'made("releases()") + made("releases") == 12' 'live("releases()") + live("releases") == 0' \
	'[.errors[] | . == null or . == 0] | all'
