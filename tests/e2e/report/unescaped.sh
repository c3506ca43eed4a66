# Nothing from a trace reaches the terminal unescaped.
name=$'odd\033[31m\nname\x07'
cp "$PROGS/leak_three_of_ten" "$name"
memtrace run -- "./$name" $'argu\033ment' 2>said
memtrace report >text
memtrace info >>text
memtrace dump >>text
! grep -q $'\033' text said || fail "an escape reached the output"
! grep -q $'\x07' text said || fail "a bell reached the output"
memtrace report --json | jq -e '.processes[0].command[1] == "argu\u001bment"' >/dev/null || fail "JSON lost it"
