# Sixty-four threads that free each other's memory leave no order undecided.
same threads_64
complete
holds 'made("many_take") == 128000' 'live("many_take") == 0'
