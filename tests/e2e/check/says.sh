# A finding is a line with its name, size, sentence, function and place.
memtrace run --check leak_causes lost 2>&1 | sed -E "s,  [^ ]*/leak_causes.c:[0-9]+,  leak_causes.c:LINE,"
