# However the program ends by its own will, one snapshot is taken, and its status stays the same.
n_snapshots()
{
	memtrace dump trace.bin | grep -c ' snapshot number='
}

for how in exit _exit quick_exit child; do
	same snapshot_roots $how
	equal "status after $how" "$traced" 7
	equal "snapshots after $how" "$(n_snapshots)" 1
	equal "what info says after $how" "$(memtrace info --json | jq -c '[.snapshots[] | .why, .pause_ns > 0, .process > 0]')" '["exit",true,true]'
	equal "ends after $how" "$(memtrace dump trace.bin | grep -c ' snapshot-end ')" 1
done
options=--snapshot-at-exit=no
same snapshot_roots
equal "snapshots when they are switched off" "$(n_snapshots || :)" 0
options=--snapshot-at-exit=yes
same snapshot_roots
equal "snapshots when they are asked for" "$(n_snapshots || :)" 1
options=
# The first thread ends before the others: what it leaves is a zombie.
traced ends pthread_exit 0
equal "snapshots after pthread_exit" "$(n_snapshots)" 1
memtrace dump trace.bin | grep 'snapshot-end ' | grep -q incomplete && fail "not complete after pthread_exit"
memtrace dump trace.bin | grep 'snapshot-thread ' | grep -q running && fail "a zombie is said to run"
:
