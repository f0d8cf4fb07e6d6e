"""Plain dataclasses from parsed JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Optional

import pytest

from rulebus.targets.dataclass import dataclass_reader


@dataclass
class Tree:
    """A dataclass that holds itself."""

    name: str
    children: list[Tree] = field(default_factory=list)
    parent: Tree | None = None


@dataclass
class Positive:
    """A dataclass that checks itself."""

    n: int

    def __post_init__(self) -> None:
        """Refuse what is not positive."""
        if self.n < 1:
            raise ValueError("n must be positive")


@dataclass
class Derived:
    """A dataclass with a field that is not read."""

    n: int
    double: int = field(init=False)

    def __post_init__(self) -> None:
        """Set the other field."""
        self.double = 2 * self.n


def read(annotation: object, value: object) -> object:
    """Return a value read for a field of this type."""
    cls = dataclasses.make_dataclass("Holder", [("it", annotation)])
    holder: Any = dataclass_reader(cls)("detail", {"it": value})
    return holder.it


@pytest.mark.parametrize(
    ("result", "annotation", "value"),
    [
        ("a", str, "a"),
        (1, int, 1),
        (1.5, float, 1.5),
        (2.0, float, 2),
        (True, bool, True),
        (None, None, None),
        ({"a": [1]}, Any, {"a": [1]}),
        (None, object, None),
        ([1, "a"], list, [1, "a"]),
        ([1.0], list[float], [1]),
        (("a", "b"), tuple[str, ...], ["a", "b"]),
        ({"a": 1}, dict, {"a": 1}),
        ({"a": [1.0]}, dict[str, list[float]], {"a": [1]}),
        ("a", Literal["a", 1], "a"),
        (1, Literal["a", 1], 1),
        (None, Optional[str], None),  # noqa: UP045  both spellings
        ("a", str | int | None, "a"),
        (1, str | int | None, 1),
        (Tree("a"), Tree, {"name": "a"}),
        (
            Tree("a", [Tree("b")], Tree("c")),
            Tree,
            {"name": "a", "children": [{"name": "b"}], "parent": {"name": "c"}},
        ),
        (Positive(1), Positive, {"n": 1}),
    ],
)
def test_fits(result: object, annotation: object, value: object) -> None:
    """A JSON value becomes a value of the annotation."""
    read_value = read(annotation, value)

    assert (result, type(result)) == (read_value, type(read_value))


@pytest.mark.parametrize(
    ("message", "annotation", "value"),
    [
        ("detail.it: expected a string, got an integer", str, 1),
        ("detail.it: expected an integer, got a number", int, 1.0),
        ("detail.it: expected an integer, got true or false", int, True),
        ("detail.it: expected a number, got true or false", float, False),
        ("detail.it: expected a number, got a string", float, "1"),
        ("detail.it: expected true or false, got an integer", bool, 0),
        ("detail.it: expected null, got true or false", None, False),
        ("detail.it: expected an array, got an object", list[int], {}),
        ("detail.it.1: expected an integer, got null", list[int], [1, None]),
        ("detail.it.0: expected a string, got an integer", tuple[str, ...], [1]),
        ("detail.it.a: expected a string, got an integer", dict[str, str], {"a": 1}),
        ("detail.it: expected one of ('a', 1), got True", Literal["a", 1], True),
        ("detail.it: expected str | None, got an integer", str | None, 1),
        ("detail.it.name: missing", Tree, {}),
        ("detail.it.children.0.name: missing", Tree, {"name": "a", "children": [{}]}),
        ("n must be positive", Positive, {"n": 0}),
    ],
)
def test_does_not_fit(message: str, annotation: object, value: object) -> None:
    """A JSON value of another kind is an error that says where, what and what was expected."""
    with pytest.raises(ValueError, match=r".") as caught:
        read(annotation, value)

    assert message == str(caught.value)


def test_fields_that_are_not_arguments() -> None:
    """A field that the constructor does not take is not read."""
    assert Derived(2) == dataclass_reader(Derived)("detail", {"n": 2, "double": "text"})


@pytest.mark.parametrize(
    "annotation", [datetime, set[int], tuple[int, str], dict[int, str], list[datetime], bytes, type]
)
def test_unreadable_annotation(annotation: object) -> None:
    """A field that JSON cannot fill is refused before any value comes."""
    with pytest.raises(TypeError, match="use a msgspec Struct or a pydantic model"):
        read(annotation, None)
