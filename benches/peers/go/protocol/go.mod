module rulebus.example/protocol

go 1.24
