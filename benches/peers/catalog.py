"""The peers: how each is built, started and told apart."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
OUTPUT = ROOT / "target" / "peers"
PYTHON = OUTPUT / "python" / "bin" / "python"
GO_MODULES = OUTPUT / "go"
JAVA = OUTPUT / "java"

# A file, and the regular expression that finds a version in it.
Version: TypeAlias = tuple[Path, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """
    A matcher and the adapter that measures it.

    Args:
        name: What the tables call it.
        manifest: What names its version.
        build: The commands that build the adapter; without their first words it is skipped.
        run: The command that starts the adapter.
        most_rules: The rules beyond which it is not asked, since it tries them one by one.
        groups: The workloads it runs if it is not asked for by name; None for all.
        warm_up: The passes before the first one that counts.
    """

    name: str
    manifest: Version
    build: list[list[str]]
    run: list[str]
    most_rules: int | None = None
    groups: frozenset[str] | None = None
    warm_up: int = 1

    def version(self) -> str:
        """Return the version that the manifest asks for."""
        path, expression = self.manifest
        found = re.search(expression, path.read_text(), re.MULTILINE)
        return found[1] if found else "unknown"


def _cargo(name: str, program: str, manifest: Version, *arguments: str) -> Peer:
    target = OUTPUT / "rust"
    build = ["cargo", "build", "--quiet", "--release", "--bin", program]
    where = ["--manifest-path", str(HERE / "rust" / "Cargo.toml"), "--target-dir", str(target)]
    return Peer(
        name=name,
        manifest=manifest,
        build=[[*build, *where]],
        run=[str(target / "release" / program), *arguments],
    )


def _go(program: str, module: str) -> Peer:
    source, copy = HERE / "go" / program, GO_MODULES / f"{program}.mod"
    output = str(GO_MODULES / program)
    build = ["go", "build", "-C", str(source), "-mod=mod", f"-modfile={copy}", "-o", output, "."]
    return Peer(
        name=program,
        manifest=(source / "go.mod", rf"{re.escape(module)} (v\S+)"),
        # Go adds the sums of the modules to a copy, and leaves the source alone.
        build=[["cp", str(source / "go.mod"), str(copy)], build],
        run=[output],
    )


def _python(module: str) -> list[str]:
    return [sys.executable, "-m", f"peers.python.{module}"]


def _emulator(name: str) -> Peer:
    requirements = HERE / "python" / "requirements.txt"
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)]
    return Peer(
        name=name,
        manifest=(requirements, rf"^{name}==(\S+)"),
        build=[[sys.executable, "-m", "venv", str(OUTPUT / "python")], install],
        run=[str(PYTHON), "-m", f"peers.python.{name}_pattern"],
        most_rules=10_000,
        groups=frozenset({"envelope"}),
    )


RULEBUS = (ROOT / "Cargo.toml", r'^version = "(.+)"')
QUAMINA_RS = (HERE / "rust" / "Cargo.toml", r'^quamina = "=(.+)"')

PEERS = [
    _cargo("rulebus", "rulebus", RULEBUS),
    _cargo("rulebus (trusted)", "rulebus", RULEBUS, "trusted"),
    Peer(name="rulebus match", manifest=RULEBUS, build=[], run=_python("rulebus_match")),
    Peer(name="rulebus match_many", manifest=RULEBUS, build=[], run=_python("rulebus_match_many")),
    Peer(
        name="event-ruler",
        manifest=(HERE / "java" / "pom.xml", r"event-ruler</artifactId>\s*<version>(.+)<"),
        build=[
            ["mvn", "-q", "-B", "-f", str(HERE / "java" / "pom.xml"), f"-Doutput={JAVA}", "package"]
        ],
        run=["java", "-Xmx6g", "-cp", f"{JAVA}/classes:{JAVA}/libraries/*", "EventRuler"],
        warm_up=10,  # the compiler of the virtual machine needs seconds
    ),
    _go("quamina", "quamina.net/go/quamina/v2"),
    _go("hypermatch", "github.com/SchwarzDigits/hypermatch/v2"),
    _cargo("quamina-rs", "quamina", QUAMINA_RS),
    _emulator("ministack"),
    _emulator("moto"),
    Peer(
        name="predicates",
        manifest=RULEBUS,
        build=[],
        run=_python("predicates"),
        most_rules=100_000,
        groups=frozenset({"envelope", "ruler"}),
    ),
]


def commit() -> str:
    """Return the commit of the working tree, with a mark if it has changes."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
