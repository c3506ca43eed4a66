# The trace goes where -o says with %p, %n and %t expanded, 0600, an earlier one moves to .old, and never through a link.
umask 000
memtrace run -q -- true
equal mode "$(stat -c %a trace.bin)" 600
[ ! -e trace.bin.live ] || fail "trace.bin.live is left"
inode=$(stat -c %i trace.bin)
memtrace run -q -- true
equal "the earlier trace" "$(stat -c %i trace.bin.old)" "$inode"
memtrace run -q -o '%n-%p-%t.bin' -- leaf >/dev/null
name=$(ls leaf-*)
[[ $name =~ ^leaf-([0-9]+)-[0-9]{8}T[0-9]{6}Z\.bin$ ]] || fail "called $name"
equal "%p" "${BASH_REMATCH[1]}" "$(memtrace report --json "$name" | jq '.processes[0].pid')"
echo precious >target
ln -s target link
status memtrace run -q -o link -- true 2>said
equal "status" $got 125
equal "what the link points to" "$(cat target)" precious
