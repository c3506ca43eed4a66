# A JUnit file has a case for each trace: it fails for a leak, errs when blind, and passes when clean.
memtrace run -q -o leak.bin leak_three_of_ten
memtrace run -q -o clean.bin true
memtrace run -q -o blind.bin sh -c 'static_program; :' >told
status memtrace check --output=junit:out.xml leak.bin clean.bin blind.bin 2>said
equal "status" $got 1
python3 "$E2E/outputs/read.py" junit out.xml >read
says read '^memtrace .*leak_three_of_ten failure L-[0-9a-f]+$' '^memtrace true passed$' '^memtrace sh -c static_program; : error$'
# A limit on what is no finding is a case of its own.
status memtrace check --limit=peak:1 --limit=allocations:1G --output=junit:out.xml leak.bin 2>said
python3 "$E2E/outputs/read.py" junit out.xml >read
says read '^memtrace.limit peak failure$' '^memtrace.limit allocations passed$'
