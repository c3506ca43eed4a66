# Limits the runner was started under are the program's own trouble, as they are without memtrace.
for limit in '-n 20' '-v 400000' '-s 256' '-n 256'; do
	bare bash -c "ulimit $limit; exec limited nofile"
	(ulimit $limit; memtrace run -q -- limited nofile >traced.out 2>traced.err) || fail "ulimit $limit: status $?: $(cat traced.err)"
	diff -u bare.out traced.out
done
