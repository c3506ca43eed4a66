# A call that fails fails as it does without memtrace, and counts nothing.
same failed_calls
complete
holds 'made("fails") == 2' 'made_bytes("fails") == 48' 'live_bytes("fails") == 24' 'live("fails") == 1'
