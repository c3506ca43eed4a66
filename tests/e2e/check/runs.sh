# --runs repeats, and tells what leaks every time from what does sometimes, with the rate; @every-run counts only the first.
cat >flaky <<'SH'
#!/bin/sh
leak_causes lost
[ -e second ] || leak_causes indirect
[ -e first ] && : >second
: >first
SH
chmod +x flaky
status memtrace run --check --runs=3 ./flaky 2>said
equal status $got 101
says said 'make_lost .* in every run' 'make_head .* in 2 of 3 runs' 'definite=80/4 .*runs=3 trace=trace.1.bin$'
status memtrace check --runs --limit=definite:0@every-run --limit=indirect:0@every-run trace.?.bin 2>said
equal "only what leaks every time" $got 1
says said 'make_lost' 'definite=80/4'
! grep make_head said
memtrace check --runs --limit=definite:48@every-run --limit=indirect:0@every-run trace.?.bin 2>said
status memtrace run --check --runs=0 ./flaky 2>said
equal "no runs" $got 125
