"""Transforms against a slow reference that works on parsed values."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rulebus import InputPath, InputTransformer, TransformationError

NAMES = ("a", "b", "a-b")

texts = st.text(alphabet=st.sampled_from('ab"\\\n<>{}[],: é\U0001f600'), max_size=4)
scalars = texts | st.integers() | st.booleans() | st.none()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
    ),
    max_leaves=8,
)
details = st.dictionaries(st.sampled_from(NAMES), values, max_size=3)
steps = st.lists(st.sampled_from([*NAMES, 0, 1, "*"]), max_size=3)
writers = st.sampled_from(
    [
        json.dumps,
        lambda value: json.dumps(value, ensure_ascii=False, indent=1),
        lambda value: json.dumps(value, separators=(" ,", " :")),
    ]
)

MISSING = object()


def path_text(path: list[Any]) -> str:
    """Return the text of a path into the detail."""
    return "$.detail" + "".join(
        f"[{step}]" if step == "*" or isinstance(step, int) else f".{step}" for step in path
    )


def find(value: Any, path: list[Any]) -> Any:
    """Return what is at the path of a value, or `MISSING`."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        inside = isinstance(value, list) and step < len(value)
        return find(value[step], rest) if inside else MISSING
    if step == "*":
        if not isinstance(value, list):
            return MISSING
        found = [item for item in (find(item, rest) for item in value) if item is not MISSING]
        return [i for items in found for i in items] if "*" in rest else found
    return find(value[step], rest) if isinstance(value, dict) and step in value else MISSING


def as_text(value: Any) -> str:
    """Return a value as it stands in text."""
    if value is MISSING:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return f"[{','.join(map(as_text, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{name}:{as_text(item)}' for name, item in value.items())}}}"
    return json.dumps(value)


def in_quotes(value: Any, text: str) -> str | None:
    """Return what a value is in the string of a JSON template, or `None` if it cannot be there."""
    if not isinstance(value, str) and value is not MISSING and '"' in json.dumps(value):
        return None
    try:
        json.loads(f'"{text}"')
    except ValueError:
        return None
    return text if '"' not in text.replace('\\"', "") else None


@given(details, steps, writers)
def test_path(detail: dict[str, Any], path: list[Any], write: Any) -> None:
    """A path gives what the same steps through the parsed event give."""
    event = write({"id": "1", "detail": detail}).encode()
    expected = find(detail, path)

    rendered = InputPath(path_text(path)).compile().render(event)

    assert (None if expected is MISSING else expected) == json.loads(rendered)


@given(details, st.lists(steps, min_size=1, max_size=4), writers)
def test_values(detail: dict[str, Any], paths: list[list[Any]], write: Any) -> None:
    """Several placeholders outside quotes give several values; what is missing is empty text."""
    event = write({"detail": detail}).encode()
    transformer = InputTransformer(
        input_paths_map={f"p{index}": path_text(path) for index, path in enumerate(paths)},
        input_template=f"[{','.join(f'<p{index}>' for index in range(len(paths)))}]",
    )
    found = [find(detail, path) for path in paths]

    rendered = transformer.compile().render(event)

    assert ["" if value is MISSING else value for value in found] == json.loads(rendered)


@given(details, steps, writers)
def test_text(detail: dict[str, Any], path: list[Any], write: Any) -> None:
    """A placeholder in a text template gives the value as text."""
    event = write({"detail": detail}).encode()
    transformer = InputTransformer(
        input_paths_map={"p": path_text(path)}, input_template='"x <p> y"'
    )

    rendered = transformer.compile().render(event)

    assert f'"x {as_text(find(detail, path))} y"' == rendered.decode()


@given(details, steps, writers)
def test_quoted(detail: dict[str, Any], path: list[Any], write: Any) -> None:
    """A placeholder in the string of a JSON template gives text, or an error if that breaks it."""
    event = write({"detail": detail}).encode()
    transformer = InputTransformer(
        input_paths_map={"p": path_text(path)}, input_template='["x <p> y"]'
    )
    value = find(detail, path)
    expected = in_quotes(value, as_text(value))

    try:
        rendered = transformer.compile().render(event).decode()
    except TransformationError:
        assert expected is None
    else:
        assert f'["x {expected} y"]' == rendered
        json.loads(rendered)
