module rulebus.example/hypermatch

go 1.24

require (
	github.com/SchwarzDigits/hypermatch/v2 v2.2.0
	rulebus.example/protocol v0.0.0
)

replace rulebus.example/protocol => ../protocol
