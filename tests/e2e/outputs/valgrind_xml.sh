# A reader of Valgrind's XML finds kinds, figures, stacks and lines.
memtrace run -q -o leak.bin leak_causes lost
memtrace run -q -o inside.bin leak_causes interior
status memtrace run -q -o twice.bin wrong_free twice
status memtrace check --output=valgrind-xml:out.xml leak.bin inside.bin twice.bin 2>said
equal "status" $got 1
python3 "$E2E/outputs/read.py" valgrind out.xml >read
says read '^Leak_DefinitelyLost 48 3 make_lost leak_causes.c:[0-9]+$' '^Leak_PossiblyLost 64 1 make_inside ' '^InvalidFree - - '
