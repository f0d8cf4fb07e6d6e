"""What `import rulebus` offers."""

import importlib
import importlib.metadata
import inspect
from pathlib import Path

import pytest

import rulebus
from rulebus import RulebusError, _core, exceptions

PACKAGE = Path(rulebus.__file__).parent
COMPILED = [name for name in vars(_core) if not name.startswith("_")]


def test_all_is_complete() -> None:
    """`__all__` lists every class and function of rulebus that the package imports, once."""
    public = {
        name
        for name, value in vars(rulebus).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith("rulebus")
    }

    assert sorted(public) == sorted(rulebus.__all__)


@pytest.mark.parametrize("name", rulebus.__all__)
def test_public_names_are_documented(name: str) -> None:
    """Every public class and function has a docstring."""
    assert inspect.getdoc(getattr(rulebus, name))


def test_errors() -> None:
    """Every error is public, a `RulebusError`, and has the name that EventBridge has for it."""
    classes = {name: value for name, value in vars(exceptions).items() if inspect.isclass(value)}
    errors = {name: c for name, c in classes.items() if issubclass(c, RulebusError)}

    assert set(classes) == set(errors) <= set(rulebus.__all__)
    assert [] == [
        name for name, error in errors.items() if not error.code.replace("_", "").isalnum()
    ]


def test_compiled_classes() -> None:
    """The compiled module has these classes and functions and no more."""
    assert {
        "ConditionExplanation",
        "ConjunctionExplanation",
        "EnvelopeWriter",
        "Event",
        "EventPath",
        "EventPattern",
        "EventQueue",
        "Explanation",
        "Matcher",
        "MatcherStatistics",
        "ReadyQueues",
        "Transform",
        "Turn",
        "ValueExplanation",
        "entry_size",
        "forwarded",
        "is_finite",
        "views",
    } == set(COMPILED)


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_classes_are_where_they_say(name: str) -> None:
    """A compiled class can be imported from the module that it names."""
    compiled = getattr(_core, name)

    assert compiled is getattr(importlib.import_module(compiled.__module__), name)


def test_version() -> None:
    """The version is that of the installed distribution, and has three parts."""
    assert importlib.metadata.version("rulebus") == rulebus.__version__
    assert 3 == len(rulebus.__version__.split("."))


def test_dependencies() -> None:
    """Only anyio and orjson are required."""
    required = importlib.metadata.requires("rulebus") or []

    assert ["anyio", "orjson"] == sorted(
        requirement.split(">=")[0] for requirement in required if "extra ==" not in requirement
    )


def test_package_is_typed() -> None:
    """Type checkers use the annotations of the package."""
    assert (PACKAGE / "py.typed").is_file()
    assert (PACKAGE / "_core.pyi").is_file()
