# A static child runs as it would, and the certificate names it.
same sh -c 'static_program x; leaf'
holds 'live("leaf_take") == 1' '.complete == false' \
	'any(.missing[]; .reason == "static-program" and (.detail | test("static_program")) and .affects_verdict)'
