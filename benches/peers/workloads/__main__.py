"""
Write workloads to target/workloads, or count their matches anew.

python -m peers.workloads NAME ...            writes them
python -m peers.workloads --count [NAME ...]  counts their matches, or all, into expected.json
"""

import argparse
import sys
from pathlib import Path

from peers.workloads import expected
from peers.workloads.catalog import WORKLOADS
from peers.workloads.workload import write

DIRECTORY = Path(__file__).parents[3] / "target" / "workloads"


def main() -> None:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(prog="peers.workloads", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="a workload; all if none is given")
    parser.add_argument("--count", action="store_true", help="count matches into expected.json")
    arguments = parser.parse_args()
    names = arguments.names or list(WORKLOADS)
    if not arguments.count:
        for name in names:
            sys.stdout.write(f"{write(WORKLOADS[name], DIRECTORY)}\n")
        return
    for name in names:
        counted = expected.count(WORKLOADS[name])
        expected.save({**expected.read(), name: counted})
        sys.stdout.write(f"{name}: {counted}\n")


main()
