# After an exec that fails the program goes on as one image, recorded.
same becomes failing
complete
holds 'live("before_exec") == 2' '.processes | length == 1' '.processes[0].end.status == 3'
