# After quick_exit and after a raw exit_group every event is there.
same ends quick_exit 8
holds 'live("before_end") == 5' '.processes[0].end.status == 8'
same ends raw_exit 9
holds 'live("before_end") == 5' '.processes[0].end.status == 9'
