"""
Plain dataclasses from parsed JSON.

The annotations are turned once into a reader: a function of a path, for messages, and a value,
which returns the value as the annotation has it or raises `ValueError`.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

Reader: TypeAlias = Callable[[str, object], object]

_T = TypeVar("_T")

_JSON_NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def dataclass_reader(cls: type) -> Reader:
    """
    Return the reader of a dataclass.

    Fields may be `str`, `int`, `float`, `bool`, `None`, `Any`, `Literal`, lists, tuples of one
    type, dicts by `str`, dataclasses, and unions of these. An `int` is taken for a `float`; no
    other kind is converted.

    Raises:
        TypeError: A field has another type.
    """
    return _dataclass(cls, {})


def _dataclass(cls: type, under_way: dict[type, Reader]) -> Reader:
    fields: dict[str, Reader] = {}
    required: list[str] = []

    def read(path: str, value: object) -> object:
        members = _expect(dict, path, value)
        for name in required:
            if name not in members:
                raise ValueError(f"{path}.{name}: missing")
        return cls(
            **{
                name: read_field(f"{path}.{name}", members[name])
                for name, read_field in fields.items()
                if name in members
            }
        )

    # Before the fields are looked at: one of them may be of this class again.
    under_way[cls] = read
    hints = get_type_hints(cls)
    for field in dataclasses.fields(cls):
        if field.init:
            fields[field.name] = _reader(hints[field.name], under_way)
            if field.default is field.default_factory is dataclasses.MISSING:
                required.append(field.name)
    return read


def _reader(annotation: object, under_way: dict[type, Reader]) -> Reader:
    if get_origin(annotation) is Literal:
        return _literal(get_args(annotation))
    if annotation in {Any, object}:
        return _anything
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation):
        return under_way.get(annotation) or _dataclass(annotation, under_way)
    if isinstance(annotation, type) and annotation in {str, int, float, bool, type(None)}:
        return _scalar(annotation)
    return _compound(annotation, under_way)


def _compound(annotation: object, under_way: dict[type, Reader]) -> Reader:
    origin = get_origin(annotation) or annotation
    arguments = get_args(annotation)
    inner = [_reader(argument, under_way) for argument in arguments if argument is not ...]
    if origin in {Union, types.UnionType}:
        return _union(annotation, inner)
    if origin is list:
        return _array(list, *inner)
    if origin is tuple and arguments[1:] == (...,):
        return _array(tuple, *inner)
    if origin is dict and arguments[:1] in {(), (str,)}:
        return _object(*inner[1:])
    raise TypeError(
        f"a plain dataclass cannot be read with a field of type {annotation!r}; "
        "use a msgspec Struct or a pydantic model"
    )


def _anything(_: str, value: object) -> object:
    return value


def _scalar(kind: type) -> Reader:
    def read(path: str, value: object) -> object:
        if kind is float and type(value) is int:
            return float(value)
        return _expect(kind, path, value)

    return read


def _literal(choices: tuple[object, ...]) -> Reader:
    def read(path: str, value: object) -> object:
        for choice in choices:
            if type(choice) is type(value) and choice == value:
                return choice
        raise ValueError(f"{path}: expected one of {choices!r}, got {value!r}")

    return read


def _union(annotation: object, readers: list[Reader]) -> Reader:
    def read(path: str, value: object) -> object:
        for read_one in readers:
            try:
                return read_one(path, value)
            except ValueError:
                continue
        raise ValueError(f"{path}: expected {annotation}, got {_kind(value)}")

    return read


def _array(kind: type[list[object] | tuple[object, ...]], element: Reader = _anything) -> Reader:
    def read(path: str, value: object) -> object:
        elements = enumerate(_expect(list, path, value))
        return kind([element(f"{path}.{i}", item) for i, item in elements])

    return read


def _object(member: Reader = _anything) -> Reader:
    def read(path: str, value: object) -> object:
        members = _expect(dict, path, value)
        return {name: member(f"{path}.{name}", item) for name, item in members.items()}

    return read


def _expect(kind: type[_T], path: str, value: object) -> _T:
    # bool is a subclass of int in Python, but no number in JSON.
    if isinstance(value, kind) and isinstance(value, bool) is (kind is bool):
        return value
    raise ValueError(f"{path}: expected {_JSON_NAMES[kind]}, got {_kind(value)}")


def _kind(value: object) -> str:
    return _JSON_NAMES.get(type(value), type(value).__name__)
