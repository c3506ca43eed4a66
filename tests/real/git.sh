# git log and git gc in a scratch repository, with the processes they start.
command=(sh -c 'git -C work log --stat --format="%h %s" && git -C work gc -q --prune=now && git -C work fsck --no-progress && git -C work count-objects')
reset() { rm -rf work && cp -a origin work; }
prepare()
{
	git init -q -b main origin
	git -C origin config gc.auto 0
	git -C origin config gc.autoDetach false
	git -C origin config pack.threads 2
	for ((i = 0; i < 60; i++)); do
		for ((k = 0; k < 5; k++)); do
			seq $((i * k)) $((i * 40 + 200)) >origin/file$((k * (i % 7)))
		done
		git -C origin add -A
		git -C origin commit -qm "change $i"
	done
}
also() { holds '.processes | length >= 5'; }
