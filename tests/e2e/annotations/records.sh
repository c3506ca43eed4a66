# What a program says through memtrace.h is in the trace; what it prints, its status and errno stay as they are.
same annotations marks
equal "marks" "$(info '[.marks[] | [.name, .count]] | sort')" '[["",1],["request",6],["start",1]]'
info '.marks | map(.first_ns <= .last_ns and .process == 1) | all' >ordered
equal "first and last" "$(cat ordered)" true
memtrace info >text
says text '^MARKS' ' 6 .* request$'
memtrace dump >dump
equal "marks in dump" "$(grep -c ' mark name="request"' dump)" 6
same annotations type
memtrace dump >dump
equal "types in dump" "$(grep -c ' annotation type at=0x[0-9a-f]*0 type="Session"' dump)" 2
same annotations ignore
memtrace dump >dump
equal "ignored in dump" "$(grep -c ' annotation ignore at=0x[0-9a-f]*0$' dump)" 2
same annotations root
memtrace dump >dump
says dump ' annotation root at=0x[0-9a-f]*000 size=4096$' ' annotation root at=0x[0-9a-f]*0 size=72$'
same annotations unknown
memtrace dump >dump
equal "of NULL nothing is said" "$(grep -c ' annotation ' dump)" 3
