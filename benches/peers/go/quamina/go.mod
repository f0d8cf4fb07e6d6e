module rulebus.example/quamina

go 1.24

require (
	quamina.net/go/quamina/v2 v2.0.2
	rulebus.example/protocol v0.0.0
)

replace rulebus.example/protocol => ../protocol
