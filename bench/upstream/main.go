// The fixed fast upstream of the benchmark: it answers Chat Completions in Moonshot's dialect, and Messages for the direct baseline.
//
// Its answers are constant, so what a run measures is the gateway between the load and this process. It never parses
// a body: two byte searches find the model and the stream flag, which keeps a 1 MB request as cheap as a small one.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

//go:embed answers.json
var answersFile []byte

// readAnswers gives both fixed answers without the spaces of the file, as a provider would send them.
func readAnswers() (chat, messages string) {
	var answers struct{ Chat, Messages json.RawMessage }
	if err := json.Unmarshal(answersFile, &answers); err != nil {
		panic(err)
	}
	compact := func(raw json.RawMessage) string {
		var out bytes.Buffer
		json.Compact(&out, raw)
		return out.String()
	}
	return compact(answers.Chat), compact(answers.Messages)
}

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1; 0 picks a free one")
	flag.Parse()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	chatAnswer, messagesAnswer := readAnswers()
	mux := http.NewServeMux()
	mux.HandleFunc("/v1/chat/completions", serve(chatAnswer, chatStream))
	mux.HandleFunc("/v1/messages", serve(messagesAnswer, messagesStream))
	mux.HandleFunc("/v1/models", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("content-type", "application/json")
		io.WriteString(w, `{"object":"list","data":[{"id":"kimi-k2-thinking","object":"model","owned_by":"bench"}]}`)
	})
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })
	json.NewEncoder(os.Stdout).Encode(map[string]int{"port": listener.Addr().(*net.TCPAddr).Port})
	if err := http.Serve(listener, mux); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sseWriter sends one flushed write per call, as a provider sends one chunk per token group.
type sseWriter func(text string) error

type streamDialect func(write sseWriter, plan streamPlan) error

func serve(answer string, dialect streamDialect) http.HandlerFunc {
	length := strconv.Itoa(len(answer))
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if !wantsStream(body) {
			w.Header().Set("content-type", "application/json")
			w.Header().Set("content-length", length)
			io.WriteString(w, answer)
			return
		}
		w.Header().Set("content-type", "text/event-stream")
		w.Header().Set("cache-control", "no-cache")
		flusher := w.(http.Flusher)
		write := func(text string) error {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			flusher.Flush()
			return r.Context().Err()
		}
		dialect(write, planOf(stringAfter(body, `"model":`)))
	}
}

func wantsStream(body []byte) bool {
	at := bytes.Index(body, []byte(`"stream":`))
	if at < 0 {
		return false
	}
	return bytes.HasPrefix(bytes.TrimLeft(body[at+len(`"stream":`):], " "), []byte("true"))
}

func stringAfter(body []byte, key string) string {
	at := bytes.Index(body, []byte(key))
	if at < 0 {
		return ""
	}
	rest := bytes.TrimLeft(body[at+len(key):], " ")
	if len(rest) == 0 || rest[0] != '"' {
		return ""
	}
	end := bytes.IndexByte(rest[1:], '"')
	if end < 0 {
		return ""
	}
	return string(rest[1 : end+1])
}

// streamPlan says how many chunks a stream has and how far apart; the first tenth of them is reasoning.
type streamPlan struct {
	chunks   int
	interval time.Duration
}

func (p streamPlan) reasoning() int { return (p.chunks + 9) / 10 }

// planOf reads `...bench-stream-<chunks>x<milliseconds>ms`; any other model gets 20 chunks without a pause.
func planOf(model string) streamPlan {
	var chunks, ms int
	at := bytes.Index([]byte(model), []byte("bench-stream-"))
	if at >= 0 {
		if n, _ := fmt.Sscanf(model[at:], "bench-stream-%dx%dms", &chunks, &ms); n == 2 && chunks > 0 {
			return streamPlan{chunks, time.Duration(ms) * time.Millisecond}
		}
	}
	return streamPlan{chunks: 20}
}

// each calls send on the plan's clock. The schedule is absolute, so a late chunk does not delay those after it.
func (p streamPlan) each(send func(index int, stamp string) error) error {
	begin := time.Now()
	for i := 0; i < p.chunks; i++ {
		if wait := time.Until(begin.Add(time.Duration(i) * p.interval)); wait > 0 {
			time.Sleep(wait)
		}
		// The wall clock is the one clock two processes share; the load generator subtracts it from its own.
		if err := send(i, "t="+strconv.FormatInt(time.Now().UnixNano(), 10)+"; and so on "); err != nil {
			return err
		}
	}
	return nil
}

const chatHead = `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1764000000,"model":"kimi-k2-thinking","choices":[{"index":0,"delta":`

func chatStream(write sseWriter, plan streamPlan) error {
	if err := write(chatHead + `{"role":"assistant","content":""},"finish_reason":null}]}` + "\n\n"); err != nil {
		return err
	}
	reasoning := plan.reasoning()
	err := plan.each(func(i int, stamp string) error {
		field := "content"
		if i < reasoning {
			field = "reasoning_content"
		}
		return write(chatHead + `{"` + field + `":"` + stamp + `"},"finish_reason":null}]}` + "\n\n")
	})
	if err != nil {
		return err
	}
	return write(chatHead + `{},"finish_reason":"stop"}]}` + "\n\n" +
		`data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1764000000,"model":"kimi-k2-thinking","choices":[],"usage":{"prompt_tokens":420,"completion_tokens":480,"total_tokens":900,"cached_tokens":256}}` + "\n\n" +
		"data: [DONE]\n\n")
}

func messagesStream(write sseWriter, plan streamPlan) error {
	err := write("event: message_start\n" + `data: {"type":"message_start","message":{"id":"msg_bench","type":"message","role":"assistant","model":"kimi-k2-thinking","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":164,"cache_read_input_tokens":256,"cache_creation_input_tokens":0,"output_tokens":1}}}` + "\n\n" +
		"event: content_block_start\n" + `data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}` + "\n\n")
	if err != nil {
		return err
	}
	reasoning := plan.reasoning()
	err = plan.each(func(i int, stamp string) error {
		if i < reasoning {
			return write("event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"` + stamp + `"}}` + "\n\n")
		}
		open := ""
		if i == reasoning {
			open = "event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"YmVuY2g="}}` + "\n\n" +
				"event: content_block_stop\n" + `data: {"type":"content_block_stop","index":0}` + "\n\n" +
				"event: content_block_start\n" + `data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}` + "\n\n"
		}
		return write(open + "event: content_block_delta\n" + `data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"` + stamp + `"}}` + "\n\n")
	})
	if err != nil {
		return err
	}
	return write("event: content_block_stop\n" + `data: {"type":"content_block_stop","index":1}` + "\n\n" +
		"event: message_delta\n" + `data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":480}}` + "\n\n" +
		"event: message_stop\n" + `data: {"type":"message_stop"}` + "\n\n")
}
