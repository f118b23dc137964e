// The native load generator of the benchmark: `load streams ...` and `load calls ...`; one JSON object on stdout.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// target is the request that both modes repeat.
type target struct {
	url     string
	body    []byte
	headers http.Header
	client  *http.Client
}

// headerFlags collects repeated `-header name:value`.
type headerFlags http.Header

func (h headerFlags) String() string { return "" }

func (h headerFlags) Set(text string) error {
	name, value, found := strings.Cut(text, ":")
	if !found {
		return fmt.Errorf("a header is written name:value, not %q", text)
	}
	http.Header(h).Add(strings.TrimSpace(name), strings.TrimSpace(value))
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: load streams|calls [flags]"))
	}
	var result any
	var err error
	switch os.Args[1] {
	case "streams":
		result, err = runStreams(os.Args[2:])
	case "calls":
		result, err = runCalls(os.Args[2:])
	default:
		err = fmt.Errorf("unknown mode %q", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
	json.NewEncoder(os.Stdout).Encode(result)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// targetFlags adds the flags that name the request, and returns a function that reads them after parsing.
func targetFlags(flags *flag.FlagSet) func() (target, error) {
	url := flags.String("url", "", "where to POST")
	bodyFile := flags.String("body", "", "file with the JSON body")
	headers := headerFlags{}
	flags.Var(headers, "header", "name:value, repeatable")
	return func() (target, error) {
		body, err := os.ReadFile(*bodyFile)
		if err != nil {
			return target{}, err
		}
		http.Header(headers).Set("content-type", "application/json")
		transport := &http.Transport{
			MaxIdleConnsPerHost: 4096,
			DisableCompression:  true,
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		}
		return target{*url, body, http.Header(headers), &http.Client{Transport: transport}}, nil
	}
}

// summary holds percentiles of durations, in milliseconds.
type summary struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

func summarize(durations []int64) summary {
	if len(durations) == 0 {
		return summary{}
	}
	slices.Sort(durations)
	var total int64
	for _, d := range durations {
		total += d
	}
	at := func(share float64) float64 {
		index := int(math.Ceil(share*float64(len(durations)))) - 1
		return float64(durations[max(index, 0)]) / 1e6
	}
	return summary{len(durations), float64(total) / float64(len(durations)) / 1e6, at(0.5), at(0.9), at(0.99), at(1)}
}
