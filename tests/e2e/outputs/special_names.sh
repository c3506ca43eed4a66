# Names of files full of special characters break no format, and no line.
name=$(printf 'a"b<c>&|`]](x)%%0A\t\n::error::::b\357\273\277\200.c')
printf '#include <stdlib.h>\nvoid *volatile p;\nint main(void)\n{\n\tp = malloc(5);\n\tp = 0;\n}\n' >"$name"
gcc -g -O0 -o lose "$name"
mv lose "x<&\"%y"
memtrace run -q "./x<&\"%y"
status memtrace check --output=sarif:s --output=junit:j --output=gitlab:g --output=valgrind-xml:v \
	--output=github:h --output=markdown:m --output=valgrind-log:l 2>said
equal "status" $got 1
python3 "$E2E/outputs/read.py" sarif s >read
# In a repository paths begin at its root.
says read '^error leak/last-pointer-lost ([^ ]*/)?a%22b%3Cc%3E'
python3 "$E2E/outputs/read.py" junit j >read
says read '^memtrace ./x<&"%y failure L-'
python3 "$E2E/outputs/read.py" gitlab g >/dev/null
python3 "$E2E/outputs/read.py" valgrind v >read
says read '^Leak_DefinitelyLost 5 1 main a"b<c>&'
equal "annotations" "$(wc -l <h)" 1
says h '%250A'
if grep -v '^==1== ' l; then
	fail "a line of the log is not ours"
fi
grep -q '<c>' m && grep '<c>' m | grep -qv '^    ' && fail "HTML in the summary: $(grep '<c>' m)"
python3 - m <<'P'
import sys
text = open(sys.argv[1], encoding="utf-8", errors="strict").read()
rows = [line for line in text.split("\n") if line.startswith("| **fails**")]
assert len(rows) == 1, rows
assert rows[0].replace("\\|", "").count("|") == 9, rows
P
