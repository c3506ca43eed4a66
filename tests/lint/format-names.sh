# SPDX-License-Identifier: Apache-2.0
# FORMAT.md names every kind of block, record and META record that the headers
# have, by the word that dump prints; and dump has a word for each.
spec=formats/FORMAT.md
[ -f "$spec" ] || { echo "there is no $spec"; exit 1; }

# The members of an enum that begin with a prefix, as words: MT_KIND_THREAD_NAME is
# "thread-name".
words() {
	sed -n "s/^[ \t]*MT_$2\([A-Z_]*\)\( *=[^,]*\)\{0,1\},.*/\1/p" "$1" |
		tr 'A-Z_' 'a-z-' | sed 's/^-*//'
}

check() {
	list=$(words "$2" "$3")
	[ -n "$list" ] || echo "no $1 found in $2"
	for word in $list; do
		grep -q -i -w -e "$(echo "$word" | sed 's/-/[-_ ]/g')" "$spec" || echo "$spec does not name the $1 \"$word\""
		grep -q "\"$word\"" analyzer/cli/record_names.c ||
			echo "dump has no word for the $1 \"$word\""
	done
}

for word in EVENTS META SYMBOLS END; do
	grep -q "MT_BLOCK_$word" formats/wire/block.h || echo "there is no block $word any more"
	grep -q -w "$word" "$spec" || echo "$spec does not name the block $word"
done
check op formats/wire/event.h OP_
check kind formats/wire/event.h KIND_
check META formats/wire/record.h META_
exit 0
