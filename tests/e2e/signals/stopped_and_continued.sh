# Ctrl-Z stops program and runner, fg continues both.
PS1='$ ' on_terminal 'bash --norc --noprofile -i'
state()
{
	sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status"
}
is() { [ "$(state "$1")" = "$2" ]; }
printf 'memtrace run -q -o trace.bin -- signals_seen\n' >&3
wait_for grep -qE 'ready [0-9]+' out
program=$(grep -oE 'ready [0-9]+' out | cut -d' ' -f2)
runner=$(sed -n 's/PPid:[[:space:]]*//p' /proc/$program/status)
printf '\032' >&3
wait_for is "$program" T
wait_for is "$runner" T
wait_for grep -q Stopped out
printf 'fg\n' >&3
wait_for is "$program" S
wait_for is "$runner" S
kill -USR2 "$runner"
wait_for grep -q 'saw 12 1 times' out
printf 'echo status=$?\nexit\n' >&3
wait_for grep -q status=5 out
wait $terminal || :
complete
