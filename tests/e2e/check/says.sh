# A finding is a line with its name, size, sentence, function and place.
memtrace run --check leak_causes lost 2>&1 | sed 's,  [^ ]*/leak_causes.c,  leak_causes.c,'
