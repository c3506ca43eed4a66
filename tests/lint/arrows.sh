# SPDX-License-Identifier: Apache-2.0
# Who may include whom: the folder is the law (ARCHITECTURE.md). For each file the
# folders it includes from are held against the list of its own folder.

analyzer="formats/wire formats/io formats/export"

allowed() {
	case $1 in
	formats/wire) echo "formats/wire" ;;
	formats/io) echo "formats/wire formats/io" ;;
	formats/export) echo "formats/wire formats/export" ;;
	tracer) echo "" ;;
	tracer/inside | tracer/inside/*)
		echo "formats/wire tracer tracer/inside tracer/inside/arch tracer/inside/python" \
			"tracer/inside/refs tracer/inside/oracle" ;;
	tracer/beside) echo "formats/wire formats/io tracer/beside" ;;
	analyzer/base) echo "$analyzer analyzer/base" ;;
	# A session carries its symbols.
	analyzer/heap) echo "$(allowed analyzer/base) analyzer/heap analyzer/symbols" ;;
	analyzer/graph) echo "$(allowed analyzer/heap) analyzer/graph" ;;
	analyzer/objects) echo "$(allowed analyzer/graph) analyzer/objects" ;;
	analyzer/symbols)
		echo "$analyzer analyzer/base analyzer/heap analyzer/graph analyzer/objects" \
			"analyzer/symbols" ;;
	analyzer/findings) echo "$(allowed analyzer/objects) analyzer/findings" ;;
	analyzer/cli) echo "$(allowed analyzer/findings) analyzer/cli tracer/beside" ;;
	*) echo "" ;;
	esac
}

find formats tracer analyzer -name '*.[chS]' | sort | while read -r file; do
	folder=${file%/*}
	list=" $(allowed "$folder") "
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*"\([^"]*\)".*/\1/p' "$file" |
		while read -r included; do
			# Made by the Makefile.
			[ "$included" = version.h ] && continue
			case $included in
			*/*) ;;
			*)
				echo "$file includes \"$included\": say it from the root"
				continue
				;;
			esac
			[ -f "$included" ] || echo "$file includes $included, which is not there"
			case $list in
			*" ${included%/*} "*) ;;
			*) echo "$file must not include $included" ;;
			esac
		done
done
