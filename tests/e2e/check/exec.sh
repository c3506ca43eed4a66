# A wrapper that execs is not inconclusive: what was live at the exec went with its address space.
cat >wrapper <<'SH'
#!/bin/bash
export SOME=thing
list=(a b c)
exec leak_causes "$@"
SH
chmod +x wrapper
status memtrace run --check ./wrapper global 2>said
equal "clean behind a wrapper" $got 0
status memtrace run --check ./wrapper lost 2>said
equal "a leak behind a wrapper" $got 101
says said 'definite=48/3'
