# Owner, reason, date and comments of an entry are kept; an expired one knows nothing; a wrong line is 3.
memtrace run -q leak_causes lost
id=$(memtrace report --json | jq -r '.findings[0].id')
cat >base <<B
# memtrace baseline 1
# Of the whole team.

# Until the parser is new.
$id bytes=50 allocations=4 owner=net expires=2999-12-31 reason=see the list, entry 4
L-00000000ffff bytes=1 allocations=1 function=gone_one
B
memtrace check --baseline=base 2>said
says said 'gone  L-00000000ffff  gone_one' 'known=1 gone=1 .*baseline=base'
memtrace check --json --baseline=base 2>/dev/null | jq -e '.findings[0] | .status == "known" and .baseline.owner == "net" and .baseline.reason == "see the list, entry 4"' >/dev/null
memtrace check --baseline=base --update-baseline 2>said
diff - base <<B
# memtrace baseline 1
# Of the whole team.

# Until the parser is new.
$id bytes=48 allocations=3 owner=net expires=2999-12-31 reason=see the list, entry 4
B
sed -i 's/2999/2001/' base
status memtrace check --baseline=base 2>said
equal "expired" $got 1
says said 'known until 2001-12-31' 'known=0'
for line in 'x' 'L-12345 bytes=1' "$id bytes=x" "$id bytes=1 colour=red" "$id expires=tomorrow" "L-zzzzzz bytes=1"; do
	echo "$line" >base
	status memtrace check --baseline=base 2>said
	equal "the line '$line'" $got 3
	says said 'base:1: '
done
status memtrace check --baseline=none 2>said
equal "no file" $got 3
# A run that failed or was blind takes nothing out.
printf 'L-00000000ffff bytes=1 allocations=1\n' >base
status memtrace run --check --baseline=base --update-baseline false 2>said
equal "false" $got 1
grep -q ffff base
says said 'nothing was taken out'
