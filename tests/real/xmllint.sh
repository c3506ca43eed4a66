# xmllint reads, queries and formats a document of 5 MB.
command=(xmllint --format --xpath 'count(//entry[value > 500000000])' document.xml)
prepare() { document; }
also() { verified 100000; }
