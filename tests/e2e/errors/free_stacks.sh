# With --free-stacks a wrong release shows where it was, and a double free both places.
options=--free-stacks
same wrong_free twice
error='[.findings[] | select(.kind == "error")][0]'
holds "$error | [.free_stack[].function] | index(\"wrong\") != null and index(\"main\") != null" \
	"$error | [.first_free_stack[].function] | index(\"first\") != null"
memtrace report >report.txt
says report.txt '^ERRORS' 'Freed twice' 'released the first time by' '^ +first ' 'released here by' '^ +wrong '
same wrong_delete new_free
holds "$error | .cause == \"mismatched-free\" and ([.free_stack[].function] | any(startswith(\"wrong\")))"
id=$(ask "$error.id")
options=
same wrong_delete new_free
holds "$error | .id == $id and .free_stack == null"
options=--free-stacks
same cxx_eight_threads
complete
