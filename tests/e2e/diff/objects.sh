# FILE@N with itself has the same objects; with another trace findings are compared.
memtrace run -q leak_causes global
memtrace run -q -o other.bin leak_causes lost
memtrace diff --json trace.bin@1 trace.bin@1 >json
jq -e '.by == "object" and .changes == {new: 0, gone: 0, grown: 0, shrunk: 0, same: 1} and .old == .new and .old.bytes == 24' json >/dev/null || fail "$(cat json)"
jq -e '.rows[0] | .objects_made == 0 and .objects_gone == 0 and .responsible.function == "make_held"' json >/dev/null
memtrace diff --json trace.bin@1 other.bin@1 >json
jq -e '.by == "fingerprint" and .changes.new == 1' json >/dev/null || fail "$(cat json)"
status memtrace diff trace.bin@1 trace.bin@2 2>said
equal "a snapshot that is not there" $got 3
