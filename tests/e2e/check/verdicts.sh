# A leak is 101 and 1, none is 0, and the last line says the same, in both commands.
expect()
{
	memtrace run --check -o trace.bin leak_causes "$1" 2>said && got=0 || got=$?
	equal "run --check of $1" $got "$2"
	equal "the last line of $1" "$(tail -n 1 said)" "memtrace: verdict=$4 program=0 $5 gone=0 complete=yes config=- baseline=- trace=trace.bin"
	memtrace check 2>again && got=0 || got=$?
	equal "check of $1" $got "$3"
	diff said again
}
expect lost 101 1 findings "definite=48/3 possible=0/0 new=1 known=0"
expect indirect 101 1 findings "definite=32/1 possible=0/0 new=1 known=0"
expect ring 101 1 findings "definite=128/4 possible=0/0 new=1 known=0"
expect global 0 0 clean "definite=0/0 possible=0/0 new=0 known=0"
equal "lines of a clean verdict" "$(wc -l <said)" 1
expect interior 0 0 clean "definite=0/0 possible=64/1 new=0 known=0"
