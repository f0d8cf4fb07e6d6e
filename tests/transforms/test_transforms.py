"""Every case of the tables beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rulebus import (
    InputConstant,
    InputPath,
    InputTransformer,
    InvalidTransformError,
    TransformationError,
)

if TYPE_CHECKING:
    from rulebus._core import Transform

CASES = {
    line["id"]: line
    for file in sorted(Path(__file__).parent.glob("*.jsonl"))
    for line in map(json.loads, file.read_text(encoding="utf-8").splitlines())
}


def with_member(member: str) -> pytest.MarkDecorator:
    """Run a test for each case that has a member."""
    cases = {name: case for name, case in CASES.items() if member in case}
    return pytest.mark.parametrize("case", cases.values(), ids=cases)


def compiled(case: dict[str, Any]) -> Transform:
    """Return the transform of a case, for the rule that the cases have."""
    transform: InputConstant | InputPath | InputTransformer
    if "input" in case:
        transform = InputConstant(case["input"])
    elif "input_path" in case:
        transform = InputPath(case["input_path"])
    else:
        transform = InputTransformer(
            input_paths_map=case["input_paths_map"], input_template=case["input_template"]
        )
    return transform.compile(
        rule_name="rule-1", rule_arn="arn:aws:events:eu-1:123456789012:rule/rule-1"
    )


@with_member("output")
def test_output(case: dict[str, Any]) -> None:
    """The target is given what the case says."""
    output = compiled(case).render(case["event"].encode(), 1767323046.789)

    assert case["output"] == output.decode()


@with_member("error")
def test_refused_transform(case: dict[str, Any]) -> None:
    """The transform is refused when it is made, and the error says why and where."""
    with pytest.raises(InvalidTransformError) as caught:
        compiled(case)

    error = caught.value
    assert (case["error"], case["part"], case["offset"]) == (error.kind, error.path, error.offset)
    assert f"at {case['part']} (byte {case['offset']})" in str(error)


@with_member("render_error")
def test_refused_event(case: dict[str, Any]) -> None:
    """The event makes the transform fail, and the error says why and where."""
    with pytest.raises(TransformationError) as caught:
        compiled(case).render(case["event"].encode())

    assert (case["render_error"], case["offset"]) == (caught.value.kind, caught.value.offset)


def test_ids_are_unique() -> None:
    """No case hides another."""
    files = Path(__file__).parent.glob("*.jsonl")

    assert len(CASES) == sum(len(file.read_text().splitlines()) for file in files)
