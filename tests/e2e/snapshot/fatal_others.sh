# What the program does with its signals itself goes on as before: handlers, vfork children, a stack that overflows.
options=--snapshot-at-exit=yes
n_fatal()
{
	equal "fatal snapshots of $1" "$(memtrace dump trace.bin | grep ' snapshot number=' | grep -c ' fatal')" "$2"
}
same dies returns
says traced.out 'came back'
n_fatal returns 0
same dies vfork
says traced.out 'the child died of 11'
n_fatal vfork 1
holds '.leaks.definite.bytes == 48' '.processes | length == 1'
same dies thread
n_fatal thread 1
holds '.leaks.definite.bytes == 48'
same dies threads
n_fatal threads 1
holds '.leaks.definite.bytes == 48'
# The kernel cannot call a handler: no snapshot, and the same end.
same dies overflow
n_fatal overflow 0
# The scan itself faults: the end is still that of the first signal.
for how in bad_list bad_list_on_own_stack; do
	same dies $how
	equal "status" "$traced" 134
	n_fatal $how 1
	memtrace dump trace.bin | grep 'snapshot-end ' && fail "it did not fault"
done
options=--snapshot-at-exit=no
same dies abort
n_fatal no 0
