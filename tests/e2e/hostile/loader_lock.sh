# An allocation while another thread holds the loader's lock comes back.
same loader_lock
complete
holds 'live("while_locked") == 1000'
