package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// streamsResult is what `load streams` prints; durations in milliseconds.
type streamsResult struct {
	Streams    int            `json:"streams"`
	Complete   int            `json:"complete"`
	Chunks     int            `json:"chunks"`
	Expected   int            `json:"expected"`
	Reasons    map[string]int `json:"reasons"`
	Headers    summary        `json:"headers"`
	FirstChunk summary        `json:"firstChunk"`
	Latency    summary        `json:"latency"`
	Seconds    float64        `json:"seconds"`
}

// runStreams opens -streams streams spread evenly over -ramp, and reads each to its end.
//
// The upstream writes `t=<unix nanoseconds>;` into each chunk. Latency is the time from that moment until the bytes
// are in this process, so it holds the gateway, two sockets and the scheduler; the direct baseline holds the rest.
func runStreams(arguments []string) (streamsResult, error) {
	flags := flag.NewFlagSet("streams", flag.ContinueOnError)
	readTarget := targetFlags(flags)
	streams := flags.Int("streams", 10, "how many at once")
	chunks := flags.Int("chunks", 20, "how many stamped chunks each stream has")
	ending := flags.String("ending", "message_stop", "text that a complete stream holds near its end")
	ramp := flags.Duration("ramp", time.Second, "time over which the streams are opened")
	timeout := flags.Duration("timeout", 30*time.Second, "longest life of one stream")
	if err := flags.Parse(arguments); err != nil {
		return streamsResult{}, err
	}
	to, err := readTarget()
	if err != nil {
		return streamsResult{}, err
	}
	begin := time.Now()
	readings := make([]streamReading, *streams)
	var open sync.WaitGroup
	for i := range readings {
		open.Add(1)
		go func() {
			defer open.Done()
			time.Sleep(time.Duration(i) * *ramp / time.Duration(*streams))
			readings[i].read(to, *ending, *timeout)
		}()
	}
	open.Wait()
	return merge(readings, *chunks, time.Since(begin)), nil
}

func merge(readings []streamReading, chunks int, took time.Duration) streamsResult {
	result := streamsResult{
		Streams:  len(readings),
		Expected: len(readings) * chunks,
		Reasons:  map[string]int{},
		Seconds:  took.Seconds(),
	}
	var latencies, headers, first []int64
	for _, r := range readings {
		latencies = append(latencies, r.latencies...)
		if r.headers > 0 {
			headers = append(headers, r.headers)
		}
		if r.first > 0 {
			first = append(first, r.first)
		}
		switch {
		case r.problem != "":
			result.Reasons[r.problem]++
		case !r.ended:
			result.Reasons["ended without its last event"]++
		case len(r.latencies) != chunks:
			result.Reasons[fmt.Sprintf("%d of %d chunks", len(r.latencies), chunks)]++
		default:
			result.Complete++
		}
	}
	result.Chunks = len(latencies)
	result.Latency, result.Headers, result.FirstChunk = summarize(latencies), summarize(headers), summarize(first)
	return result
}

// streamReading is what one stream gave; durations in nanoseconds.
type streamReading struct {
	latencies []int64
	headers   int64
	first     int64
	ended     bool
	problem   string
}

func (s *streamReading) read(to target, ending string, timeout time.Duration) {
	withTimeout, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(withTimeout, "POST", to.url, bytes.NewReader(to.body))
	if err != nil {
		s.problem = err.Error()
		return
	}
	request.Header = to.headers
	begin := time.Now()
	response, err := to.client.Do(request)
	if err != nil {
		s.problem = "no answer"
		return
	}
	defer response.Body.Close()
	s.headers = time.Since(begin).Nanoseconds()
	if response.StatusCode != http.StatusOK {
		s.problem = fmt.Sprintf("status %d", response.StatusCode)
		return
	}
	scan := stampScan{ending: []byte(ending)}
	buffer := make([]byte, 8192)
	for {
		n, err := response.Body.Read(buffer)
		if n > 0 {
			now := time.Now()
			before := len(s.latencies)
			s.latencies = scan.feed(buffer[:n], now.UnixNano(), s.latencies)
			if before == 0 && len(s.latencies) > 0 {
				s.first = now.Sub(begin).Nanoseconds()
			}
		}
		if err != nil {
			if err.Error() != "EOF" {
				s.problem = "cut"
			}
			s.ended = scan.ended
			return
		}
	}
}

// stampScan finds stamps in a byte stream that may be cut anywhere, without parsing JSON.
type stampScan struct {
	tail   []byte
	last   int64
	ending []byte
	ended  bool
}

// The longest thing worth carrying over a cut: a stamp is 22 bytes, an ending at most a dozen.
const tailLength = 32

func (s *stampScan) feed(piece []byte, now int64, latencies []int64) []int64 {
	text := append(s.tail, piece...)
	if !s.ended && bytes.Contains(text, s.ending) {
		s.ended = true
	}
	for at := 0; ; {
		found := bytes.Index(text[at:], []byte("t="))
		if found < 0 {
			break
		}
		at += found + 2
		stamp, length := digits(text[at:])
		if length == 0 || at+length >= len(text) || text[at+length] != ';' {
			continue
		}
		// Stamps of one stream only grow: an equal one is the carried tail seen again, or a field sent under two names.
		if stamp > s.last {
			s.last = stamp
			latencies = append(latencies, now-stamp)
		}
	}
	s.tail = append([]byte(nil), text[max(0, len(text)-tailLength):]...)
	return latencies
}

func digits(text []byte) (value int64, length int) {
	for length < len(text) && text[length] >= '0' && text[length] <= '9' {
		value = value*10 + int64(text[length]-'0')
		length++
	}
	return value, length
}
