# After Ctrl-C the status is 130 and the trace is complete.
on_terminal 'memtrace run -o trace.bin -- waits_for_int'
wait_for grep -q ready out
printf '\003' >&3
status wait $terminal
equal status $got 130
says out 'trace\.bin'
sound
recorded
holds 'live("patient_take") == 1000' '.processes[0].end | [.how, .signal] == ["signal", 2]'
