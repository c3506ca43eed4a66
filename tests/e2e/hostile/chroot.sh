# A child that changed root and user goes on being recorded.
need_root
mkdir jail
chmod 755 jail
same chrooted jail
# There is no /proc in the jail to find its memory by.
holds '[.missing[] | [.process, .reason, .detail]] == [[2, "roots-not-scanned", "maps-unreadable"]]'
holds 'made("chrooted_take") == 600000' 'live("chrooted_take") == 10'
