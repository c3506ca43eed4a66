# Of a program that freed everything the first lines say so.
memtrace run -q -- busy 1000
memtrace report
holds '.verdict == "clean"' '.findings == []' '.leaks.unclassified.bytes == 0'
