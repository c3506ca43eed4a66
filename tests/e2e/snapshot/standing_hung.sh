# Of a program that hung and was killed, the report says where its threads stood at the last snapshot.
memtrace run -q --snapshot-every=50ms -o trace.bin -- dies wait >out &
has_snapshot()
{
	memtrace info --json trace.bin | jq -e '.snapshots | map(select(.standing != [])) | length > 0'
}
wait_for has_snapshot
kill -9 "$(memtrace info --json trace.bin | jq '.processes[0].pid')"
wait $! || :
holds '.processes[0].standing | map([.stack[].function] | index("end_here") < index("main")) == [true]'
memtrace report >text
says text 'by SIGKILL; at .* its threads had stood here'
