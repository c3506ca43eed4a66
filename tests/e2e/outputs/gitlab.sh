# A code quality report has a path from the top of the repository, also when tests run below it.
git init -q repo && mkdir -p repo/src repo/build
printf '#include <stdlib.h>\nvoid *volatile p;\nint main(void)\n{\n\tp = malloc(5);\n\tp = 0;\n}\n' >repo/src/lose.c
cd repo/build
gcc -g -O0 -o lose ../src/lose.c
memtrace run -q ./lose
status memtrace check --output=gitlab:../out.json 2>said
equal "status" $got 1
equal "issue" "$(python3 "$E2E/outputs/read.py" gitlab ../out.json)" "major memtrace/last-pointer-lost src/lose.c:5"
# Nothing found is a report without issues, not no report.
memtrace run -q true
memtrace check --quiet-if-clean --output=gitlab:../out.json
equal "clean" "$(jq -c . ../out.json)" "[]"
