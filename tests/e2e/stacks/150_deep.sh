# A stack of 150 calls is whole, main at its root.
same deep 150
complete
holds 'names("at_the_bottom") | map(select(. == "down")) | length == 150' 'names("at_the_bottom") | index("main") != null' \
	'stack("at_the_bottom") | all(.cut == null)'
