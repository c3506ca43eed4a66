# A child that changed root and user goes on being recorded.
need_root
mkdir jail
chmod 755 jail
same chrooted jail
recorded
holds 'made("chrooted_take") == 600000' 'live("chrooted_take") == 10'
