"""The small examples, each run as a user runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(name: str, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python examples/NAME ARGUMENTS`."""
    return subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / name, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("hello.py", "big order: o-2 250\n"),
        ("typed_details.py", "order o-1: 19.90\n"),
    ],
)
def test_example_prints(name: str, output: str) -> None:
    """The example ends without an error after printing what it is about."""
    example = run(name)

    assert (output, "", 0) == (example.stdout, example.stderr, example.returncode)


def test_why_not_names_the_condition_that_failed() -> None:
    """The explanation shows the value, the test, and that the value is text where a number is."""
    example = run("why_not.py")

    matched, _, explanation = example.stdout.partition("\n")
    assert "['stopped']" == matched
    assert "detail.cost" in explanation
    assert '"120"' in explanation
    assert '{"numeric":[">",100]}' in explanation


def test_match_stdin_passes_on_the_lines_that_match() -> None:
    """Lines that match come out as they went in; a line that is no event is reported by number."""
    example = run(
        "match_stdin.py",
        '{"status": [{"numeric": [">=", 500]}]}',
        stdin='{"status": 200}\n{"status":  503}\nGET /\n{"status": "503"}\n',
    )

    assert '{"status":  503}\n' == example.stdout
    assert example.stderr.startswith("line 3 is no event: ")
    assert 0 == example.returncode


def test_match_stdin_explains_a_bad_pattern() -> None:
    """A pattern that is not valid ends the program with the reason."""
    example = run("match_stdin.py", '{"status": 500}')

    assert 1 == example.returncode
    assert example.stderr.startswith("the pattern is not valid: ")
    assert "status" in example.stderr
