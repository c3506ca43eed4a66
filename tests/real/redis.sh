# redis-server, whose malloc comes from libjemalloc, driven by redis-benchmark on loopback.
command=(bash drive.sh)
prepare()
{
	cat >drive.sh <<'S'
redis-server --port 0 --unixsocket "$PWD/s" --bind 127.0.0.1 --save '' --daemonize no --logfile server.log --io-threads 1 &
for ((i = 0; i < 500; i++)); do
	redis-cli -s "$PWD/s" ping >/dev/null 2>&1 && break
	sleep 0.02
done
port=$((20000 + $$ % 20000))
until redis-cli -s "$PWD/s" config set port $port | grep -q OK; do port=$((port + 1)); done
redis-benchmark -h 127.0.0.1 -p $port -n 2000 -c 10 -q -t set,get,lpush,lpop,hset,zadd,mset >benchmark.out || exit 1
for i in $(seq 1 30); do echo "SET key$i $(printf '%*s' $((i * 100)) x)"; done | redis-cli -s "$PWD/s" | sort | uniq -c
redis-cli -s "$PWD/s" --raw eval 'local t = {} for i = 1, 2000 do t[i] = redis.call("INCR", "n") end return #t' 0
redis-cli -s "$PWD/s" dbsize
redis-cli -s "$PWD/s" shutdown nosave
wait
S
}
also()
{
	holds 'process("redis-server") | length == 0 or .[0].totals.allocations > 10000' \
		'[.processes[] | select(.command[0] // "" | test("redis-server"))] | length >= 1 and any(.[]; .totals.allocations > 10000)'
}
