package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// callsResult is what `load calls` prints; latencies in milliseconds.
type callsResult struct {
	Latency summary        `json:"latency"`
	Failed  int            `json:"failed"`
	Reasons map[string]int `json:"reasons"`
	Seconds float64        `json:"seconds"`
}

// runCalls repeats one request: closed loop with -concurrency workers, or open loop at -rate per second.
//
// The open loop never waits for an answer before it sends the next request, so a gateway that stalls is charged for
// everything that had to wait (no coordinated omission).
func runCalls(arguments []string) (callsResult, error) {
	flags := flag.NewFlagSet("calls", flag.ContinueOnError)
	readTarget := targetFlags(flags)
	concurrency := flags.Int("concurrency", 1, "workers of the closed loop")
	rate := flags.Float64("rate", 0, "requests per second of the open loop; 0 chooses the closed loop")
	count := flags.Int("count", 0, "stop after so many requests; 0 means only by time")
	duration := flags.Duration("duration", 5*time.Second, "stop after this long")
	timeout := flags.Duration("timeout", 20*time.Second, "longest wait for one answer")
	if err := flags.Parse(arguments); err != nil {
		return callsResult{}, err
	}
	to, err := readTarget()
	if err != nil {
		return callsResult{}, err
	}
	record := &callRecord{reasons: map[string]int{}}
	begin := time.Now()
	deadline := begin.Add(*duration)
	if *rate > 0 {
		openLoop(to, record, *rate, *count, begin, deadline, *timeout)
	} else {
		closedLoop(to, record, *concurrency, *count, deadline, *timeout)
	}
	return callsResult{summarize(record.latencies), record.failed, record.reasons, time.Since(begin).Seconds()}, nil
}

type callRecord struct {
	mutex     sync.Mutex
	latencies []int64
	failed    int
	reasons   map[string]int
	started   int
}

func (r *callRecord) add(took time.Duration, err error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if err != nil {
		r.failed++
		r.reasons[err.Error()]++
		return
	}
	r.latencies = append(r.latencies, took.Nanoseconds())
}

// take claims one of count requests; with count 0 there is always one more.
func (r *callRecord) take(count int) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if count > 0 && r.started >= count {
		return false
	}
	r.started++
	return true
}

func closedLoop(to target, record *callRecord, concurrency, count int, deadline time.Time, timeout time.Duration) {
	var workers sync.WaitGroup
	for range concurrency {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for time.Now().Before(deadline) && record.take(count) {
				begin := time.Now()
				err := callOnce(to, timeout)
				record.add(time.Since(begin), err)
			}
		}()
	}
	workers.Wait()
}

func openLoop(to target, record *callRecord, rate float64, count int, begin, deadline time.Time, timeout time.Duration) {
	var calls sync.WaitGroup
	for i := 0; count == 0 || i < count; i++ {
		due := begin.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		if due.After(deadline) {
			break
		}
		time.Sleep(time.Until(due))
		calls.Add(1)
		// Counted from the wake-up and not from `due`: the sleep itself is late by up to a millisecond, which is no fault of
		// the gateway, and nothing else can hold this loop up.
		sent := time.Now()
		go func() {
			defer calls.Done()
			err := callOnce(to, timeout)
			record.add(time.Since(sent), err)
		}()
	}
	calls.Wait()
}

func callOnce(to target, timeout time.Duration) error {
	withTimeout, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(withTimeout, "POST", to.url, bytes.NewReader(to.body))
	if err != nil {
		return err
	}
	request.Header = to.headers
	response, err := to.client.Do(request)
	if err != nil {
		return fmt.Errorf("no answer")
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return fmt.Errorf("answer cut")
	}
	if response.StatusCode != 200 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}
