# SPDX-License-Identifier: Apache-2.0
# Functions end within 60 lines, files within 400, lines within 100 columns (a tab
# is 8), and each file begins with its licence.
command -v ctags >/dev/null || { echo "universal-ctags is not installed"; exit 77; }

find formats tracer analyzer -name '*.[ch]' | sort | while read -r file; do
	n=$(wc -l <"$file")
	[ "$n" -le 400 ] || echo "$file: $n lines, more than 400"
	head -n 1 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		echo "$file: the first line is not the licence"
	expand -t 8 "$file" | LC_ALL=C.UTF-8 grep -n -E '.{101,}' |
		sed "s,^\([0-9]*\):.*,$file:\1: more than 100 columns,"
done
find formats tracer analyzer -name '*.[ch]' | sort |
	ctags -x --languages=C,C++ --kinds-C=f --kinds-C++=f --_xformat='%n %{end} %N %F' -L - |
	awk '$2 != "" && $2 - $1 + 1 > 60 {
		print $4 ":" $1 ": " $3 " has " $2 - $1 + 1 " lines, more than 60" }'
