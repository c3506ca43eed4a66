# What a new_handler frees is seen to be freed.
same new_handler
complete
holds 'made("reserve_take()") == 1' 'live("reserve_take()") == 0' 'live_bytes("lives()") == 30'
