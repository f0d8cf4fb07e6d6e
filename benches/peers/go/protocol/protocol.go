// Package protocol is the protocol that every adapter speaks; benches/peers/README.md describes it.
package protocol

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// Adding and removing happens with this many rules in between.
const changesAtOnce = 64

const clockInterval = 100 * time.Microsecond

// Rule is one line of rules.jsonl.
type Rule struct {
	Name    string
	Pattern json.RawMessage
}

// Engine is a matcher to measure. An error is a sentence that says what it cannot do.
type Engine interface {
	// Load adds all rules, then adds and removes the removed ones. Rules can be removed at all
	// only if live says so.
	Load(rules, removed []Rule, live bool) error
	Count(event []byte) int
	// Add and Remove work while another goroutine counts.
	Add(rule Rule) error
	Remove(rule Rule) error
}

// Serve speaks the protocol for an engine.
func Serve(engine Engine) {
	directory, check, pass := os.Args[1], seconds(os.Args[2]), seconds(os.Args[3])
	rules := readRules(directory, "rules.jsonl")
	removed := readRules(directory, "removed.jsonl")
	changes := readRules(directory, "changes.jsonl")
	text := must(os.ReadFile(filepath.Join(directory, "events.jsonl")))
	events := bytes.Split(bytes.TrimSpace(text), []byte("\n"))

	before, start := heap(), time.Now()
	if err := engine.Load(rules, removed, len(removed)+len(changes) > 0); err != nil {
		print(map[string]any{"skip": err.Error()})
		return
	}
	load := time.Since(start).Seconds()
	memory := heap() - before
	start = time.Now()
	var counts []int
	for _, event := range events {
		counts = append(counts, engine.Count(event))
		if time.Since(start) > check {
			break
		}
	}
	events = events[:len(counts)]
	print(map[string]any{"load_seconds": load, "memory_bytes": memory, "counts": counts})

	commands := bufio.NewScanner(os.Stdin)
	for commands.Scan() {
		// The passes of the others have emptied the caches.
		timed(engine, events, pass)
		if rate, found := strings.CutPrefix(commands.Text(), "churn "); found {
			print(churned(engine, changes, must(strconv.Atoi(rate)), events, pass))
		} else {
			print(timed(engine, events, pass))
		}
	}
}

// timed matches the events over and over until the time is up.
func timed(engine Engine, events [][]byte, limit time.Duration) map[string]any {
	at, done, chunk := 0, 0, 1
	start, elapsed := time.Now(), time.Duration(0)
	for elapsed < limit {
		for range chunk {
			engine.Count(events[at])
			at++
			if at == len(events) {
				at = 0
			}
		}
		done += chunk
		now := time.Since(start)
		// The clock is read often enough to end in time, and seldom enough to cost nothing.
		if now-elapsed < clockInterval {
			chunk *= 2
		}
		elapsed = now
	}
	return map[string]any{"events": done, "seconds": elapsed.Seconds()}
}

// churned runs a pass while another goroutine adds and removes rules, so many changes a second.
func churned(
	engine Engine, changes []Rule, rate int, events [][]byte, limit time.Duration,
) map[string]any {
	over, written := make(chan struct{}), make(chan map[string]any)
	go func() { written <- change(engine, changes, rate, over) }()
	result := timed(engine, events, limit)
	close(over)
	for name, value := range <-written {
		result[name] = value
	}
	return result
}

func change(engine Engine, changes []Rule, rate int, over chan struct{}) map[string]any {
	var times []float64
	start, interval := time.Now(), time.Second/time.Duration(rate)
	for number := 0; ; number++ {
		select {
		case <-over:
			return map[string]any{"change_seconds": times}
		case <-time.After(time.Until(start.Add(time.Duration(number) * interval))):
		}
		before, at := time.Now(), number/2
		var err error
		if number%2 == 0 {
			err = engine.Add(changes[at%len(changes)])
		} else if at >= changesAtOnce {
			err = engine.Remove(changes[(at-changesAtOnce)%len(changes)])
		}
		if err != nil {
			return map[string]any{"skip": err.Error()}
		}
		times = append(times, time.Since(before).Seconds())
	}
}

func readRules(directory, file string) []Rule {
	var rules []Rule
	decoder := json.NewDecoder(bytes.NewReader(must(os.ReadFile(filepath.Join(directory, file)))))
	for decoder.More() {
		var rule Rule
		if err := decoder.Decode(&rule); err != nil {
			panic(err)
		}
		rules = append(rules, rule)
	}
	return rules
}

// heap returns the bytes in use after a collection.
func heap() int64 {
	var statistics runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&statistics)
	return int64(statistics.HeapAlloc)
}

func seconds(text string) time.Duration {
	return time.Duration(must(strconv.ParseFloat(text, 64)) * float64(time.Second))
}

func print(message map[string]any) {
	fmt.Println(string(must(json.Marshal(message))))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
