# A pointer inside of an allocation holds it where the words there say what it is, as Valgrind has it.
options=--snapshot-at-exit=yes

# valgrind_says WHAT: bytes, of what Valgrind calls so.
valgrind_says()
{
	sed -n "s/,//g; s/.* $1: \([0-9]*\) bytes in .*/\1/p" valgrind.err
}

for what in string length array inheritance; do
	same heuristics $what
	holds '.leaks.definite.bytes == 0 and .leaks.possible.bytes == 0' '.leaks.reachable.bytes == .totals.live_bytes' '.findings == []'
done
for what in no_length no_vtable; do
	same heuristics $what
	holds '.leaks.possible.allocations == 1' '.findings[0].confidence == "medium"'
done
same heuristics lost
holds '.leaks.definite == {"bytes": 232, "allocations": 7}'
command -v valgrind >/dev/null || exit 0
for what in string length array inheritance no_length no_vtable lost; do
	traced heuristics $what
	valgrind --leak-check=full --leak-check-heuristics=all --show-leak-kinds=all "$PROGS/heuristics" $what 2>valgrind.err
	equal "definitely lost by $what" "$(report .leaks.definite.bytes)" "$(valgrind_says 'definitely lost')"
	equal "indirectly lost by $what" "$(report .leaks.indirect.bytes)" "$(valgrind_says 'indirectly lost')"
	equal "possibly lost by $what" "$(report .leaks.possible.bytes)" "$(valgrind_says 'possibly lost')"
done
