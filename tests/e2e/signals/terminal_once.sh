# Ctrl-C at the terminal reaches the program once.
on_terminal 'memtrace run -q -o trace.bin -- signals_seen'
wait_for grep -q ready out
program=$(sed -n 's/ready \([0-9]*\).*/\1/p' out)
runner=$(sed -n 's/PPid:[[:space:]]*//p' /proc/$program/status)
printf '\003' >&3
wait_for grep -q 'signal 2' out
kill -USR1 "$runner"
wait_for grep -q 'signal 10' out
kill -USR2 "$program"
wait_for grep -q 'saw 12 1 times' out
status wait $terminal
equal status $got 5
says out 'saw 2 1 times' 'saw 10 1 times'
complete
