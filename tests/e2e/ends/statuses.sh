# Every exit status reaches the caller as it is.
for ((i = 0; i < 256; i++)); do
	status memtrace run -q -- ends exit $i
	equal "status" $got $i
done
