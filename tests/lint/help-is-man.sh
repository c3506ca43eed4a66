# SPDX-License-Identifier: Apache-2.0
# --help and the man page of a command name the same options, short forms and
# arguments included; every command that memtrace lists has a page, with examples
# and exit codes (but not of what is no command), and every page has its command.
memtrace=$BUILD/memtrace
[ -x "$memtrace" ] || { echo "$memtrace is not built"; exit 1; }
said=$(mktemp) written=$(mktemp)
trap 'rm -f "$said" "$written"' EXIT

# "-o, --output=FILE", one per line.
options_of_help() {
	"$memtrace" "$1" --help | sed -n 's/^  *\(-[^ ].*\)/\1/p' |
		sed 's/  .*//' | sort
}

# ".It Fl o , -output Ns = Ns Ar FILE" in the same form.
options_of_page() {
	sed -n 's/^\.It Fl //p' "man/memtrace-$1.1" |
		sed 's/^/-/; s/^-\([a-zA-Z]\) , /-\1, -/; s/ Ns = Ns Ar /=/' | sort
}

commands=$("$memtrace" --help | sed -n '/^Commands/,/^$/s/^  \([a-z-]*\) .*/\1/p')
[ -n "$commands" ] || echo "memtrace --help lists no commands"
for command in $commands; do
	[ "$command" = help ] && continue
	page=man/memtrace-$command.1
	[ -f "$page" ] || { echo "$command has no $page"; continue; }
	options_of_help "$command" >"$said"
	options_of_page "$command" >"$written"
	diff "$said" "$written" >/dev/null ||
		diff -U0 --label "memtrace $command --help" --label "$page" "$said" "$written"
	grep -q "^\.It Cm $command" man/memtrace.1 || echo "man/memtrace.1 does not list $command"
done
for page in man/*.[1-9]; do
	grep -q '^\.Sh EXAMPLES' "$page" || echo "$page has no EXAMPLES"
	[ "${page%.3}" != "$page" ] || grep -q '^\.Sh EXIT STATUS' "$page" || echo "$page has no EXIT STATUS"
done
for page in man/memtrace-*.1; do
	command=${page#man/memtrace-}
	[ -e "runners/memtrace-${command%.1}" ] && continue
	echo "$commands" | grep -q -x "${command%.1}" || echo "$page: there is no such command"
done
exit 0
