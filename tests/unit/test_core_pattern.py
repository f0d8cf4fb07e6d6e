"""The compiled pattern, and explanations of its verdicts."""

import pytest

from rulebus import EventPattern, Matcher

PATTERN = {
    "source": ["shop"],
    "detail": {"items": {"sku": ["tea"], "price": [{"numeric": [">", 5]}]}},
}


def event(*items: tuple[str, float]) -> dict[str, object]:
    """Return an event of the shop with these items."""
    return {"source": "shop", "detail": {"items": [{"sku": s, "price": p} for s, p in items]}}


def test_verdicts() -> None:
    """A pattern matches or does not."""
    pattern = EventPattern(PATTERN)

    assert True is pattern.matches(event(("tea", 6)))
    assert False is pattern.matches(event(("tea", 5), ("cup", 6)))


def test_explanation_of_a_match() -> None:
    """An explanation lists paths, tests and values, and which element was chosen."""
    explanation = EventPattern(PATTERN).explain(event(("cup", 9), ("tea", 6)))

    (conjunction,) = explanation.conjunctions
    conditions = {condition.path: condition for condition in conjunction.conditions}
    sku = conditions["detail.items.sku"]
    assert explanation.matched
    assert conjunction.matched
    assert {"source", "detail.items.sku", "detail.items.price"} == conditions.keys()
    assert '["tea"]' == sku.tests
    assert [('"cup"', False), ('"tea"', True)] == [(v.text, v.passed) for v in sku.values]
    assert [(("detail.items", 0),), (("detail.items", 1),)] == [v.elements for v in sku.values]
    assert (True, 1) == (sku.held, sku.bound)
    assert 1 == conditions["detail.items.price"].bound
    assert () == conditions["source"].values[0].elements


def test_explanation_of_elements_that_do_not_agree() -> None:
    """Conditions that hold in different elements are seen to hold, and nothing is bound."""
    explanation = EventPattern(PATTERN).explain(event(("tea", 5), ("cup", 6)))

    (conjunction,) = explanation.conjunctions
    assert not explanation.matched
    assert not conjunction.matched
    assert [(True, None)] * 3 == [(c.held, c.bound) for c in conjunction.conditions]


def test_explanation_of_absence() -> None:
    """A path without values has none, and its condition does not hold."""
    explanation = EventPattern({"a": ["x"]}).explain({"b": "x"})

    (condition,) = explanation.conjunctions[0].conditions
    assert ("a", '["x"]', (), False, None) == (
        condition.path,
        condition.tests,
        condition.values,
        condition.held,
        condition.bound,
    )


def test_one_conjunction_for_each_branch() -> None:
    """Each branch of `$or` is explained by itself."""
    pattern = EventPattern({"$or": [{"a": [1]}, {"b": [2]}]})

    explanation = pattern.explain({"b": 2})

    assert explanation.matched
    assert [False, True] == [conjunction.matched for conjunction in explanation.conjunctions]


def test_a_matcher_explains_as_the_pattern_does() -> None:
    """A rule of a matcher has the explanation of its pattern."""
    sold = event(("tea", 6))

    alone = EventPattern(PATTERN).explain(sold)
    among = Matcher({"other": {"a": [1]}, "rule": PATTERN}).explain("rule", sold)

    assert str(alone) == str(among)


def test_explanations_are_immutable() -> None:
    """An explanation cannot be changed."""
    explanation = EventPattern(PATTERN).explain(event(("tea", 6)))

    with pytest.raises(AttributeError):
        explanation.matched = False  # type: ignore[misc]


def test_explanation_as_text() -> None:
    """The text of an explanation names each path, its tests and what the event has there."""
    text = str(EventPattern(PATTERN).explain(event(("cup", 9), ("tea", 6))))

    for part in ("detail.items.sku", '["tea"]', '"cup"', '"tea"', '"shop"'):
        assert part in text
