"""Where figures were taken, and what memory that took."""

import os
import platform
import re
from pathlib import Path
from typing import Any

PAGE_BYTES = 4_096


def resident_bytes() -> int:
    """Return the memory that the process holds, or 0 where the system does not say."""
    path = Path("/proc/self/statm")
    return int(path.read_text().split()[1]) * PAGE_BYTES if path.exists() else 0


def machine() -> dict[str, Any]:
    """Return what the machine is, and the Python on it."""
    path = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", path.read_text()) if path.exists() else None
    return {
        "processor": found[1] if found else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
