# Inlined calls are elements of their own, with file and line.
same inlined
complete
holds 'names("inner") | index("middle") == index("inner") + 1 and index("outer") == index("inner") + 2' \
	'[stack("inner")[] | select(.function == "inner" or .function == "middle") | .inlined] == [true, true]' \
	'[stack("inner")[] | select(.function == "inner" or .function == "middle" or .function == "outer") | .line | numbers] | length == 3'
