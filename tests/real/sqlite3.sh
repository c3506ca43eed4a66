# sqlite3 builds and queries a table.
command=(sqlite3 base.db ".read build.sql")
reset() { rm -f base.db; }
prepare()
{
	cat >build.sql <<'S'
CREATE TABLE t (id INTEGER PRIMARY KEY, kind TEXT, value INTEGER, note TEXT);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
INSERT INTO t SELECT i, 'k' || (i % 97), (i * 7919) % 100003, hex(i * 31) || ' some note' FROM n;
COMMIT;
CREATE INDEX by_kind ON t (kind, value);
SELECT kind, count(*), sum(value), max(note) FROM t GROUP BY kind ORDER BY 3 DESC LIMIT 10;
SELECT a.id, b.id FROM t a JOIN t b ON a.value = b.value + 1 WHERE a.id < 500 ORDER BY 1, 2 LIMIT 20;
UPDATE t SET note = upper(note) || kind WHERE id % 3 = 0;
DELETE FROM t WHERE value < 1000;
SELECT count(*), group_concat(substr(note, 1, 2)) FROM (SELECT note FROM t ORDER BY note LIMIT 100);
SELECT json_group_array(json_object('k', kind, 'v', value)) FROM (SELECT * FROM t WHERE id < 2000);
S
	# Statements one by one, so that parsing and preparing allocate too.
	for ((i = 0; i < 3000; i++)); do
		echo "SELECT '$i', note FROM t WHERE id = $((i * 5)) AND kind LIKE 'k%' OR id = $i LIMIT 1;"
	done >>build.sql
}
also() { verified 100000; }
