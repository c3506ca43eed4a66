# A snapshot every few milliseconds changes nothing: no call says EINTR, no child shows, who blocks signals or sits in vfork goes on.
options=--snapshot-every=10ms
for what in epoll blocked vfork children; do
	same undisturbed $what
	equal "status of $what" "$traced" 0
	[ "$(memtrace dump trace.bin | grep -c ' snapshot-end ')" -gt 1 ] || fail "$what: no snapshots"
done
memtrace run -q $options -o trace.bin -- undisturbed vfork >out
memtrace dump trace.bin | grep -q 'snapshot-thread .* running errno=110' || fail "the thread in vfork is not listed as running"
same coroutine
same timer_malloc
same family
same seccomp
