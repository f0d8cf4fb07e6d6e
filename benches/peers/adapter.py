"""An adapter as a process that is asked and answers, within limits."""

import json
import os
import selectors
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, Self, TypeAlias

Answer: TypeAlias = dict[str, Any]

MOST_BYTES = 8 << 30
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class AdapterError(Exception):
    """The adapter gave no answer; the message is the reason for the tables."""


class Adapter:
    """
    A running adapter.

    Args:
        command: What starts it.
        environment: Variables beside those of this process.
    """

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._errors = TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | environment,
        )
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def ask(self, command: str, limit: float) -> Answer:
        """
        Send a command and return the answer to it.

        Raises:
            AdapterError: If there is none within `limit` seconds, the process needs too much
                memory or ends, or the answer is that it cannot.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{command}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise AdapterError(self._last_error()) from None
        return self.answer(limit)

    def answer(self, limit: float) -> Answer:
        """Return the next answer; as `ask` without a command."""
        answer: Answer = json.loads(self._line(time.monotonic() + limit, limit))
        if "skip" in answer:
            raise AdapterError(answer["skip"].splitlines()[0])
        return answer

    def _line(self, deadline: float, limit: float) -> bytes:
        assert self._process.stdout is not None
        output = self._process.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if time.monotonic() > deadline:
                    raise AdapterError(f"no answer within {limit:.0f} s")
                if self._resident_bytes() > MOST_BYTES:
                    raise AdapterError(f"more than {MOST_BYTES >> 30} GiB of memory")
                if selector.select(timeout=0.2):
                    block = os.read(output, 1 << 20)
                    if not block:
                        raise AdapterError(self._last_error())
                    self._rest += block
        line, self._rest = self._rest.split(b"\n", 1)
        return line

    def _resident_bytes(self) -> int:
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return int(pages) * PAGE_BYTES

    def _last_error(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        words = ("panic", "Exception", "Error", "fatal")
        first = next((n for n, line in enumerate(lines) if any(w in line for w in words)), 0)
        return f"it ended: {' '.join(lines[first : first + 2])[:300]}"
