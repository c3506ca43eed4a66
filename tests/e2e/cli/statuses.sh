# memtrace's own troubles have statuses of their own: 127, 126, 125 for run, 3 and 4 for the rest.
try()
{
	local expected=$1
	shift
	status "$@" >said 2>&1
	equal "status of $*" $got "$expected"
	says said '^memtrace: '
}
touch plain && mkdir folder
printf 'no program' >strange && chmod +x strange
try 127 memtrace run -- ./no-such-program
try 127 memtrace run -- no-such-program
try 126 memtrace run -- ./plain
try 126 memtrace run -- ./folder
try 125 memtrace run
try 125 memtrace run --no-such-option -- true
try 125 memtrace run --on-full=perhaps -- true
try 125 memtrace run -o /no/such/folder/trace.bin -- true
try 125 memtrace run -o folder -- true
try 125 memtrace run -o /dev/null -- true
try 3 memtrace no-such-command
try 3 memtrace report --no-such-option
try 3 memtrace report --top=many
try 3 memtrace info a b
for command in report info dump; do
	try 4 memtrace $command no-such-file
	try 4 memtrace $command folder
done
