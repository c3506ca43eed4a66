# Fifteen hundred threads that live at once have a segment each, and nothing is missed.
same threads_1500
complete
holds 'made("each_take") == 1500 * 101' 'live("each_take") == 0'
