# A signal sent to the runner is forwarded, once.
memtrace run -q -- signals_seen >out 2>err &
runner=$!
wait_for grep -q ready out
for signal in 15 1 10; do
	kill -$signal $runner
	wait_for grep -q "signal $signal" out
done
kill -USR2 $runner
status wait $runner
equal status $got 5
for signal in 15 1 10 12; do
	says out "saw $signal 1 times"
done
sound
complete
holds 'live("waiting_take") == 4' '.processes[0].end.status == 5'
