# No call of the family changes errno when it succeeds.
same errno_kept
complete
holds 'made("turn") >= 9995'
