# However the program ends by its own will, one snapshot is taken, and its status stays the same.
n_snapshots()
{
	memtrace dump trace.bin | grep -c ' snapshot number='
}

for how in exit _exit quick_exit child; do
	same snapshot_roots $how
	equal "status after $how" "$traced" 7
	equal "snapshots after $how" "$(n_snapshots)" 1
	equal "ends after $how" "$(memtrace dump trace.bin | grep -c ' snapshot-end ')" 1
done
options=--snapshot-at-exit=no
same snapshot_roots
equal "snapshots without" "$(n_snapshots)" 0
