# With --post-mortem there is a snapshot whatever ends a process, SIGKILL too, and the end itself stays as it is.
options=--post-mortem
for end in 9:9 6:abort 11:segv 15:15 11:thread 11:threads; do
	same dies "${end#*:}"
	equal "status of ${end#*:}" "$traced" $((128 + ${end%%:*}))
	holds '.processes[0].snapshot == "post-mortem"' '.leaks.definite == {"bytes": 48, "allocations": 1}'
done
traced dies thread
report '.processes[0].standing | map([.stack[].function])' >stood
jq -e 'length == 4 and .[0][:2] == ["write_to", "crash"] and (map(select(.[0] == "turn")) | length) == 2' stood >/dev/null ||
	fail "$(cat stood)"
for how in segv abort 9 15; do
	same says_end dies $how dump
	rm -f core*
done
# Every process of a tree, and one that execs.
same bash -c '{ dies 9; echo $?; (dies abort; exit 3); echo $?; exec dies 15; } 2>/dev/null'
holds '[.processes[] | select(.command[0] == "dies") | .snapshot] | . == ["post-mortem", "post-mortem", "post-mortem"]'
