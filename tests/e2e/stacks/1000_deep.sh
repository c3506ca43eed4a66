# Of a stack deeper than 256 the ends are there, and between them a mark says how many are not.
same deep 1000
complete
holds 'names("at_the_bottom") | index("main") != null' \
	'[stack("at_the_bottom")[] | select(.cut != null)] | length == 1 and .[0].function == null and .[0].cut > 700' \
	'[stack("at_the_bottom")[] | select(.cut == null)] | length == 256' \
	'[stack("at_the_bottom")[] | .cut // (if .function == "down" then 1 else 0 end)] | add == 1000'
