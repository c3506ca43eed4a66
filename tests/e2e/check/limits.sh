# Limits of every kind, in bytes, allocations and findings, let through what is below and stop what is above.
at()
{
	local expected=$1
	shift
	memtrace check --no-config "$@" 2>said && got=0 || got=$?
	equal "check $*" $got "$expected"
}
memtrace run -q leak_causes lost
at 0 --limit=definite:48
at 1 --limit=definite:47
at 0 --limit=definite.count:3 --limit=definite:none
at 1 --limit=definite.count:2 --limit=definite:none
at 0 --limit=definite.findings:1 --limit=definite:none
at 1 --limit=definite.findings:0 --limit=definite:none
at 0 --limit=definite:none --limit=last-pointer-lost:48
at 1 --limit=definite:none --limit=last-pointer-lost:0
at 0 --limit=definite:none --limit=cycle:0
at 0 --limit=definite:1k --limit=total:48 --limit=peak:1M --limit=live:48 --limit=allocations:3
at 1 --limit=definite:1k --limit=total:47
at 1 --limit=definite:1k --limit=peak:47
says said 'limit  peak  is 48 B, may be 47 B'
at 1 --limit=definite:1k --limit=live.count:2
at 1 --limit=definite:1k --limit=allocations:2
at 1 --limit=definite:1k --limit=allocated:47
at 0 --limit=definite:1k '--limit=site(make_*):48'
at 1 --limit=definite:1k '--limit=site(make_*):47'
at 1 --limit=definite:1k '--limit=site(make_lost).count:2'
at 0 --limit=definite:1k '--limit=site(no_such_*):0'
says said 'no_such_.*nothing in the trace'
at 1 --limit=definite:1k '--limit=program(leak_causes)/definite:47'
at 0 --limit=definite:1k '--limit=program(leak_causes)/definite:48'
at 0 --limit=definite:1k '--limit=program(other)/definite:0'
memtrace run -q leak_causes interior
at 0 --limit=possible:64
at 1 --limit=possible:63
memtrace run -q leak_causes global
at 0
at 1 --limit=reachable:23
memtrace run -q leak_causes ring
at 1 --limit=definite:128
at 0 --limit=definite:128 --limit=indirect:292
at 1 --limit=definite:128 --limit=indirect:291
at 1 --limit=definite:none --limit=indirect:none --limit=cycle:419
at 0 --limit=definite:none --limit=indirect:none --limit=cycle:420
