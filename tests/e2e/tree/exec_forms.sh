# Every form of exec is followed, with a cleaned environment too, and the new image sees what it was given.
for how in execve execve_none execv execvp execvpe execl execlp execle fexecve execveat; do
	same becomes $how "$PROGS/leaf"
	complete
	holds 'live("leaf_take") == 1' 'live("before_exec") == 1' '.processes | length == 2' \
		'.processes[0].end.how == "exec"' '.processes[0].pid == .processes[1].pid' '.processes[1].parent_id == 1'
done
