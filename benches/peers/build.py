"""Builds the adapters that can be built here, and says of the others why not."""

import shutil
import subprocess
import sys
from collections.abc import Iterable

from peers.catalog import GO_MODULES, OUTPUT, ROOT, Peer


def build(peers: Iterable[Peer]) -> tuple[list[Peer], dict[str, str]]:
    """
    Build the adapters.

    Returns:
        The peers that are built, and by name why the others are not.
    """
    GO_MODULES.mkdir(parents=True, exist_ok=True)
    built, missing = [], {}
    for peer in peers:
        sys.stderr.write(f"building {peer.name} {peer.version()}\n")
        reason = _failure(peer)
        if reason is None:
            built.append(peer)
        else:
            missing[peer.name] = reason
            sys.stderr.write(f"skipping {peer.name}: {reason}\n")
    return built, missing


def _failure(peer: Peer) -> str | None:
    for command in peer.build:
        if shutil.which(command[0]) is None:
            return f"{command[0]} is not installed"
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            log = OUTPUT / f"{peer.name}.log"
            log.write_text(done.stdout + done.stderr)
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            return f"{lines[-1].strip()} (all of it in {log.relative_to(ROOT)})"
    if shutil.which(peer.run[0]) is None:
        return f"{peer.run[0]} is not installed"
    return None
