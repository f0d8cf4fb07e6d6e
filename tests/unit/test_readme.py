"""README.md and the documentation: every program runs, every link and command exists."""

import logging
import re
import runpy
from pathlib import Path
from typing import NamedTuple

import pytest

import rulebus

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]

# A Python block, and the block of plain text right behind it: what the program prints.
BLOCK = re.compile(
    r"^```python\n(?P<program>.*?)^```\n(?:\n```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)

LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]+)")
MAKE = re.compile(r"^make ([a-z-]+)|`make ([a-z-]+)", re.MULTILINE)
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)


class Block(NamedTuple):
    """A program in a page, and the text that it must print (`None`: any)."""

    program: str
    output: str | None


def blocks() -> dict[str, Block]:
    """Return every Python block by the page and line where it begins."""
    found = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found[f"{page.relative_to(ROOT)}:{line}"] = Block(match["program"], match["output"])
    return found


@pytest.mark.parametrize("block", [pytest.param(b, id=place) for place, b in blocks().items()])
def test_block_runs(
    block: Block,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A block runs on its own, as a file would, and prints what the page says it prints."""
    file = tmp_path / "block.py"
    file.write_text(block.program, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    try:
        runpy.run_path(str(file), run_name="__main__")
    finally:
        # A page may show how to silence the log; other tests read it.
        logging.getLogger("rulebus").setLevel(logging.NOTSET)

    printed = capsys.readouterr().out
    assert block.output is None or block.output.rstrip() == printed.rstrip()


def test_pages_have_programs() -> None:
    """The README, the tutorial and the reference of patterns have blocks that were found."""
    pages = {place.rpartition(":")[0] for place in blocks()}

    assert {"README.md", "docs/tutorial.md", "docs/reference/patterns.md"} <= pages


def test_links_lead_somewhere() -> None:
    """Every relative link of a page names a file or directory."""
    targets = [
        page.parent / match["path"]
        for page in PAGES
        for match in LINK.finditer(page.read_text(encoding="utf-8"))
    ]

    assert [] == [target for target in targets if not target.exists()]


def test_commands_exist() -> None:
    """Every `make` command of README.md and CONTRIBUTING.md is a target of the Makefile."""
    text = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()
    commands = {"".join(names) for names in MAKE.findall(text)}

    assert {"demo", "test"} <= commands
    assert set() == commands - set(TARGET.findall((ROOT / "Makefile").read_text()))


def test_reference_names_everything_public() -> None:
    """Every public name stands in the reference."""
    reference = "".join(page.read_text() for page in (ROOT / "docs" / "reference").glob("*.md"))

    assert [] == [name for name in rulebus.__all__ if f"`{name}" not in reference]
