# What cfree releases is not left over.
same cfree_by_name
complete
holds 'made("take") == 2' 'live("take") == 1'
