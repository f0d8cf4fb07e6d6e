// Command quamina measures quamina.
package main

import (
	"fmt"
	"strings"

	"quamina.net/go/quamina/v2"
	"rulebus.example/protocol"
)

// The writer is a copy that shares the rules: an instance serves one goroutine.
type engine struct{ reader, writer *quamina.Quamina }

func main() {
	protocol.Serve(new(engine))
}

func (e *engine) Load(rules, removed []protocol.Rule, live bool) error {
	var err error
	if e.reader, err = quamina.New(quamina.WithPatternDeletion(live)); err != nil {
		return err
	}
	e.writer = e.reader.Copy()
	for _, some := range [][]protocol.Rule{rules, removed} {
		for _, rule := range some {
			if err := e.Add(rule); err != nil {
				return fmt.Errorf("%s: %w", rule.Name, err)
			}
		}
	}
	for _, rule := range removed {
		if err := e.Remove(rule); err != nil {
			return err
		}
	}
	return nil
}

func (e *engine) Count(event []byte) int {
	matches, err := e.reader.MatchesForEvent(event)
	if err != nil {
		panic(err)
	}
	return len(matches)
}

func (e *engine) Add(rule protocol.Rule) error {
	return e.writer.AddPattern(rule.Name, translated(string(rule.Pattern)))
}

func (e *engine) Remove(rule protocol.Rule) error {
	return e.writer.DeletePatterns(rule.Name)
}

// translated returns the pattern with its regular expressions in the spelling of quamina.
func translated(pattern string) string {
	if !strings.Contains(pattern, `{"regex":`) {
		return pattern
	}
	return strings.NewReplacer(`{"regex":`, `{"regexp":`, `\\`, "~").Replace(pattern)
}
