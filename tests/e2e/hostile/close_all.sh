# A program that closes every descriptor goes on being recorded.
for how in close close_range closefrom; do
	same close_all $how
	complete
	holds 'made("closed_take") == 300000' 'live("closed_take") == 100'
done
