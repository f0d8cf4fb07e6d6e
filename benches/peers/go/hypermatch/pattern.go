package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/SchwarzDigits/hypermatch/v2"
)

// What hypermatch calls the operators that it has, too. All of them ignore case there.
var named = map[string]string{
	"prefix":             "prefix",
	"suffix":             "suffix",
	"wildcard":           "wildcard",
	"equals-ignore-case": "equals",
	"cidr":               "cidr",
	"exists":             "exists",
	"=":                  "eq",
	"<":                  "lt",
	"<=":                 "lte",
	">":                  "gt",
	">=":                 "gte",
}

// translated returns a pattern as hypermatch has it, or says what hypermatch does not have.
func translated(pattern json.RawMessage) (hypermatch.ConditionSet, error) {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(pattern))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return nil, err
	}
	return conditions("", fields)
}

// conditions returns one condition for each field, with the path to it joined by dots.
func conditions(parent string, fields map[string]any) (hypermatch.ConditionSet, error) {
	var all hypermatch.ConditionSet
	for name, value := range fields {
		if nested, found := value.(map[string]any); found {
			below, err := conditions(parent+name+".", nested)
			if err != nil {
				return nil, err
			}
			all = append(all, below...)
			continue
		}
		pattern, err := translatedTest(value)
		if err != nil {
			return nil, err
		}
		all = append(all, hypermatch.Condition{Path: parent + name, Pattern: pattern})
	}
	return all, nil
}

// translatedTest returns one test, or any of a list of them.
func translatedTest(test any) (hypermatch.Pattern, error) {
	switch test := test.(type) {
	case string:
		return hypermatch.Pattern{Type: hypermatch.PatternEquals, Value: test}, nil
	case json.Number:
		return hypermatch.Pattern{Type: hypermatch.PatternNumericEquals, Value: test.String()}, nil
	case bool:
		return hypermatch.Pattern{Type: hypermatch.PatternEquals, Value: strconv.FormatBool(test)}, nil
	case []any:
		return anyOf(test, translatedTest)
	case map[string]any:
		for operator, operand := range test {
			return translatedOperator(operator, operand)
		}
	}
	return hypermatch.Pattern{}, fmt.Errorf("it has no test for %v", test)
}

func translatedOperator(operator string, operand any) (hypermatch.Pattern, error) {
	switch operator {
	case "numeric":
		return interval(operand.([]any))
	case "anything-but":
		excluded, err := translatedTest(operand)
		sub := []hypermatch.Pattern{excluded}
		return hypermatch.Pattern{Type: hypermatch.PatternAnythingBut, Sub: sub}, err
	}
	kind := hypermatch.PatternTypeFromString(named[operator])
	if kind == hypermatch.PatternUnknown {
		return hypermatch.Pattern{}, fmt.Errorf("it has no operator like %s", operator)
	}
	switch operand := operand.(type) {
	case []any:
		return anyOf(operand, func(one any) (hypermatch.Pattern, error) {
			return translatedOperator(operator, one)
		})
	case map[string]any:
		return translatedOperator(operator, operand["equals-ignore-case"])
	}
	return hypermatch.Pattern{Type: kind, Value: fmt.Sprint(operand)}, nil
}

// interval returns the comparisons of numeric, which is a list of signs and bounds.
func interval(operands []any) (hypermatch.Pattern, error) {
	between := hypermatch.Pattern{Type: hypermatch.PatternBetween}
	for ; len(operands) > 1; operands = operands[2:] {
		bound, err := translatedOperator(operands[0].(string), operands[1])
		if err != nil {
			return bound, err
		}
		between.Sub = append(between.Sub, bound)
	}
	if len(between.Sub) == 1 {
		return between.Sub[0], nil
	}
	return between, nil
}

func anyOf(
	tests []any, translate func(any) (hypermatch.Pattern, error),
) (hypermatch.Pattern, error) {
	all := hypermatch.Pattern{Type: hypermatch.PatternAnyOf}
	for _, test := range tests {
		pattern, err := translate(test)
		if err != nil {
			return pattern, err
		}
		all.Sub = append(all.Sub, pattern)
	}
	if len(all.Sub) == 1 {
		return all.Sub[0], nil
	}
	return all, nil
}
