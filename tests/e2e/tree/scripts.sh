# A script, a script that starts scripts and a wrapper that ends in exec are followed.
printf '#!/bin/sh\nleaf inner\n' >inner
printf '#!/bin/bash\n./inner | cat\nenv -i PATH="$PATH" leaf clean\nexec leaf "$@"\n' >wrapper
chmod +x inner wrapper
same ./wrapper seven
equal status $traced 7
complete
holds 'live("leaf_take") == 3' 'process("leaf") | length == 3' '[process("leaf")[].end.status] | sort == [0, 0, 7]'
