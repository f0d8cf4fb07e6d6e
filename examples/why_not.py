"""Ask a rule why it did not match."""

from rulebus import Matcher

rules = Matcher(
    {
        "stopped": {"detail": {"state": ["stopped", "terminated"]}},
        "expensive": {"detail": {"cost": [{"numeric": [">", 100]}]}},
    }
)

event = {"source": "shop.machines", "detail": {"state": "stopped", "cost": "120"}}

print(rules.match(event))
print(rules.explain("expensive", event))
