# What a suppression made by --gen-suppressions names is left out with what hangs on it; unused ones are listed.
traced leak_causes indirect
memtrace report --gen-suppressions >own.supp
printf 'leak:nobody\n' >>own.supp
memtrace report --suppressions=own.supp --json >suppressed.json
jq -e '.verdict == "clean" and .leaks.suppressed == {"bytes": 112, "allocations": 3} and .leaks.definite.bytes == 0
	and [.suppressions[].allocations] == [1, 0] and (.findings[0].suppressed_by | startswith("L-"))' suppressed.json >/dev/null ||
	fail "$(cat suppressed.json)"
memtrace report --suppressions=own.supp >text
says text "Nothing leaked" "Suppressed: 112 B in 3 allocations" "suppression not used: leak:nobody"
echo nonsense >bad.supp
status memtrace report --suppressions=bad.supp 2>said
equal "status of a bad suppression file" $got 3
says said bad.supp:1
