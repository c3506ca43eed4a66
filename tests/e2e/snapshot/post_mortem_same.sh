# Seen from outside after its end, a process has lost and holds what it has when it looks at itself.
sums()
{
	report '[.leaks | .definite, .indirect, .possible, .reachable]'
}
for how in lost global indirect interior ring freed thread_local joined running register; do
	options=--post-mortem same leak_causes $how
	outside=$(sums)
	holds '.processes[0].snapshot == "post-mortem"'
	options= same leak_causes $how
	equal "$how" "$outside" "$(sums)"
done
