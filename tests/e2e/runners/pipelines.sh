# The shell of each pipeline in docs/ci.md fails on a leak, passes without, and writes what its services read.
mkdir project
cd project
git init -q .
cp -r "$ROOT/examples/ctest" tests
printf 'tests: tests/test_clean tests/test_leaks\n.PHONY: tests\n' >Makefile
run_pipeline()
{
	python3 "$E2E/runners/shell_of.py" "$ROOT/docs/ci.md" "$1" >pipeline.sh
	says pipeline.sh '^make CFLAGS' 'memtrace run ' '^ *memtrace check'
	# As all three start it: it ends where something fails.
	status bash -e pipeline.sh >said 2>&1
}
for service in "GitHub Actions" GitLab Jenkins; do
	run_pipeline "$service"
	equal "$service, with a leak" $got 1
	says said 'verdict=findings .*definite=14/3' 'remember'
done
python3 "$E2E/outputs/read.py" sarif leaks.sarif | grep -q '^error leak/last-pointer-lost tests/test_leaks.c:'
python3 "$E2E/outputs/read.py" junit leaks.xml | grep -q 'test_leaks failure L-'
python3 "$E2E/outputs/read.py" gitlab quality.json | grep -q '^major memtrace/last-pointer-lost tests/test_leaks.c:'
python3 "$E2E/outputs/read.py" valgrind leaks.valgrind.xml | grep -q '^Leak_DefinitelyLost 14 3 '
cp tests/test_clean.c tests/test_leaks.c
for service in "GitHub Actions" GitLab Jenkins; do
	run_pipeline "$service"
	equal "$service, without a leak" $got 0
	says said 'verdict=clean .*traces=2'
done
# And the one line that makes a baseline of today's leaks.
cp "$ROOT/examples/ctest/test_leaks.c" tests/
touch tests/test_leaks.c
run_pipeline GitLab
equal "again" $got 1
memtrace check --update-baseline traces/*.bin 2>/dev/null
run_pipeline GitLab
equal "with the baseline" $got 0
