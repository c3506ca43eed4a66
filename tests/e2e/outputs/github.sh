# Annotations point at the line; the summary of the step is added to what is there.
git init -q .
printf '#include <stdlib.h>\nvoid *volatile p;\nint main(void)\n{\n\tp = malloc(5);\n\tp = 0;\n}\n' >lose.c
gcc -g -O0 -o lose lose.c
memtrace run -q ./lose
echo before >summary
export GITHUB_STEP_SUMMARY=$PWD/summary
status memtrace check --output=github:- >out 2>said
equal "status" $got 1
equal "lines" "$(wc -l <out)" 1
says out '^::error file=lose\.c,line=5,title=L-[0-9a-f]+ The last pointer was lost::The last pointer was lost: 5 B in 1 allocation, made by main%0A    main  lose\.c:5%0A'
says summary '^before$' '^### memtrace: findings$' '^\| \*\*fails\*\* \| new \| L.-'
# What is known is not told again; nothing found is no annotation.
memtrace check --update-baseline --output=github:- >out 2>said
[ ! -s out ] || fail "told again: $(cat out)"
# Nor does a clean or known finding go to other steps' colours.
says summary '^### memtrace: clean$'
