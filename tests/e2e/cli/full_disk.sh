# When the disk fills up the program goes on, the run says so, and what was written is read.
need_root
mkdir disk
mount -t tmpfs -o size=24m none disk 2>/dev/null || skip "cannot mount a small file system"
trap 'umount -l disk' EXIT
status memtrace run -o disk/trace.bin -- busy 20000000 2>err
equal status $got 0
says err '^memtrace: .*(No space|space left|full|disk)'
memtrace report disk/trace.bin >report.txt 2>report.err || [ $? = 4 ] || fail "report ends with $?"
says report.txt busy_take
memtrace info --json disk/trace.bin >info.json 2>info.err || [ $? = 4 ] || fail "info ends with $?"
[ "$(jq .complete info.json)" = false ] || fail "40 million events cannot fit into 24 MB"
