# Of what was lost between two snapshots, report says when, and why by which way it was held and what was freed.
saw() { for _ in $(seq 300); do grep -q "$1" out && return; sleep 0.1; done; fail "no $1"; }
count() { memtrace info --json trace.bin 2>/dev/null | jq '.snapshots | length'; }
# Two more snapshots: one of them began after now.
two_more()
{
	n=$(count)
	for _ in $(seq 300); do [ "$(count)" -gt $((n + 1)) ] && return; sleep 0.1; done
	fail "no more snapshots"
}
mkfifo steps
memtrace run -q --free-stacks --snapshot-every=50ms -o trace.bin -- loses_later <steps >out &
exec 3>steps
saw ready
two_more
echo >&3
saw lost
two_more
echo >&3
wait
memtrace info --json >info
memtrace report --json >json
jq -c '[.findings[] | select(.responsible.function == "make_node")][0]' json >finding
jq -e '.bytes == 40 and .cause == "last-pointer-lost"' finding >/dev/null || fail "$(cat finding)"
jq -e --slurpfile info info '.lost_between_ns as [$from, $until] | [$info[0].snapshots[].at_ns] |
	index($until) == index($from) + 1 and index($until) < length - 1' finding >/dev/null ||
	fail "lost in no one interval: $(jq -c .lost_between_ns finding)"
memtrace report >text
says text "The last pointer was lost between .* and"
memtrace why "$(jq -r .id finding)" >text
says text "there +in [0-9]+ earlier snapshots" "last reachable  in snapshot [0-9]+ " \
	"names \(data of loses_later\) → map → it" "freed in that time" "map at .* in" "drop_map"
held=$(sed -n 's/.*last reachable  in snapshot \([0-9]*\) .*/\1/p' text)
memtrace report "trace.bin@$held" >text
says text "as of snapshot $held" "Nothing leaked"
memtrace why "trace.bin@$held" node >text
says text "^node  40 B in 1 allocation" "1 still reachable" "map.first"
memtrace report "trace.bin@$((held + 1))" >text
says text "40 B leaked in 1 allocation"
