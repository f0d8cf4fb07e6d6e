// Command hypermatch measures hypermatch.
package main

import (
	"fmt"

	"github.com/SchwarzDigits/hypermatch/v2"
	"rulebus.example/protocol"
)

// The matches of an event go into the room of those of the event before, as hypermatch recommends.
type engine struct {
	matcher *hypermatch.HyperMatch[string]
	matches []string
}

func main() {
	protocol.Serve(&engine{matcher: hypermatch.New[string]()})
}

func (e *engine) Load(rules, removed []protocol.Rule, _ bool) error {
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
	var err error
	if e.matches, err = e.matcher.AppendMatchesJSON(e.matches[:0], event); err != nil {
		panic(err)
	}
	return len(e.matches)
}

func (e *engine) Add(rule protocol.Rule) error {
	conditions, err := translated(rule.Pattern)
	if err != nil {
		return err
	}
	return e.matcher.AddRule(rule.Name, conditions)
}

func (e *engine) Remove(rule protocol.Rule) error {
	if !e.matcher.RemoveRule(rule.Name) {
		return fmt.Errorf("%s: there is no such rule", rule.Name)
	}
	return nil
}
