# After Ctrl-C the status is 130 and the trace is complete.
mkfifo keys
exec 3<>keys
script -qec 'memtrace run -o trace.bin -- waits_for_int' /dev/null <keys >out 2>&1 &
wait_for grep -q ready out
printf '\003' >&3
status wait $!
equal status $got 130
says out 'trace\.bin'
sound
complete
holds 'live("patient_take") == 1000' '.processes[0].end | [.how, .signal] == ["signal", 2]'
