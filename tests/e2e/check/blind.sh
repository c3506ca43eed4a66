# Each way of being blinded is inconclusive, and the option that is said accepts it.
blind()
{
	local reason=$1
	shift
	memtrace run --check "$@" >/dev/null 2>said && got=0 || got=$?
	equal "blinded by $reason" $got 102
	says said "^memtrace: INCONCLUSIVE: .*--allow-incomplete=$reason" 'verdict=inconclusive .*complete=no'
	accept=$(grep -o -e '--allow-incomplete=[^ ]*' said | sort -u)
	memtrace check $accept 2>said && got=0 || got=$?
	equal "accepted $accept" $got 0
	memtrace check $(echo "$accept" | sed 's/:.*//') 2>said && got=0 || got=$?
	equal "accepted $reason of anybody" $got 0
	memtrace check $(echo "$accept" | sed 's/:.*/:another/') 2>said && got=0 || got=$?
	equal "accepted of another program" $got 2
}
blind static-program:static_program sh -c 'static_program x || :'
blind no-snapshot sh -c 'sh -c "kill -9 \$\$" || :'
# The recorder is stopped while more happens than there is room for.
blind events-dropped --on-full=drop sh -c 'kill -STOP $PPID; busy 3000000; kill -CONT $PPID'
