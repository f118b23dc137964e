module onerouter.dev/bench/load

go 1.22
