# What is no trace gets a clear message and 4, from every reading command.
: >empty
echo 'hello, this is text' >text
head -c 70000 /dev/zero >zeros
memtrace run -q -- true
head -c 10 trace.bin >short
mkdir folder
for file in empty text zeros short folder /dev/null; do
	for command in report 'report --json' info 'info --json' dump 'dump --self-check'; do
		status memtrace $command "$file" >out 2>said
		equal "status of $command $file" $got 4
		says said "^memtrace: .*$(basename "$file")"
	done
done
