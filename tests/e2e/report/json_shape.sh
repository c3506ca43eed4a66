# The JSON has every field of the contract, unknown ones as null, and the same trace prints the same bytes.
memtrace run -q -- family fork
memtrace report --json >one.json
memtrace report --json >two.json
cmp one.json two.json
holds '.schema == "memtrace-report/1"' '.tool_version | type == "string"' \
	'.trace | [has("file", "format_version", "command", "started", "duration_ns", "cut", "cut_reason")] | all' \
	'.trace.cut == false and .trace.cut_reason == null' '.trace.started | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")' \
	'[.processes[] | has("id", "pid", "parent_id", "exe", "command", "start_ns", "end_ns", "end", "snapshot", "totals", "leaks", "errors")] | all' \
	'[.processes[].totals, .totals | has("allocations", "frees", "allocated_bytes", "freed_bytes", "peak_bytes", "peak_allocations", "peak_ns", "live_bytes", "live_allocations", "temporary_allocations", "inherited_frees")] | all' \
	'[.processes[].leaks, .leaks | has("definite", "indirect", "possible", "reachable", "suppressed", "unclassified")] | all' \
	'[.processes[].errors, .errors | has("double-free", "invalid-free", "mismatched-free", "wrong-size")] | all' \
	'[.findings[] | has("id", "fingerprint", "kind", "cause", "reachability", "confidence", "bytes", "allocations", "retained_bytes", "process", "process_ids", "type", "responsible", "stack", "cycle", "suppressed_by", "evidence")] | all' \
	'[.findings[] | (.fingerprint | test("^[0-9a-f]{64}$")) and (.id | test("^L-[0-9a-f]{6,}$")) and .kind == "leak"] | all' \
	'[.findings[].stack[], .sites[].stack[] | has("function", "file", "line", "module", "address", "inlined")] | all' \
	'[.sites[] | has("stack", "allocations", "allocated_bytes", "live_allocations", "live_bytes", "peak_bytes")] | all' \
	'.findings | . == sort_by(-.bytes, .id)' '.processes | . == sort_by(.id)' '.missing | type == "array"' '.notes | type == "array"' \
	'[.processes[].snapshot] | unique == ["exit"]'
holds '.processes as $p | .leaks | [.[] | .bytes] | add == ($p | map(.totals.live_bytes) | add)'
info '[has("schema", "events", "bytes", "stacks", "stack_nodes", "modules", "threads", "snapshots", "complete", "missing", "notes")] | all' >has
equal "fields of info" "$(cat has)" true
