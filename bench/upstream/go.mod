module onerouter.dev/bench/upstream

go 1.22
