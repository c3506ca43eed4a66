# A program's own operator new stays its own, and its malloc is what is counted.
same cxx_own_new
complete
holds 'made("make()") + made("make") == 5' 'live("make()") + live("make") == 2'
