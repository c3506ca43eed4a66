# bash with pipes, subshells, substitutions and a trap.
command=(bash script.sh)
prepare()
{
	cat >script.sh <<'S'
trap 'echo ended' EXIT
declare -A seen
while read -r a b; do seen[$a]=$b; done < <(seq 1 500 | awk '{ print $1 % 37, $1 }')
for key in "${!seen[@]}"; do echo "$key ${seen[$key]}"; done | sort -n | head -n 5
seq 1 20000 | grep 7 | tr 0-9 a-j | sort -r | uniq | tail -n 3 | cat
total=0
for i in $(seq 1 3000); do total=$((total + i)); text="$text$i"; done
echo $total ${#text} "$(echo "$text" | md5sum)"
(cd / && ls -d bin usr) | while read -r name; do echo "[$name]"; done
printf '%s\n' {a..e}{1..9} | paste -sd' ' | fold -w 30
exit 3
S
}
also() { holds '.processes | length >= 10' '.processes[0].end.status == 3'; }
