"""
Put the results into docs/performance-delivery.md, between the marks that are there for them.

python -m delivery.page
"""

from delivery import report
from peers.catalog import ROOT
from peers.page import RESULTS, filled, read

PAGE = ROOT / "docs" / "performance-delivery.md"


def main() -> None:
    """Rewrite the page."""
    PAGE.write_text(filled(PAGE.read_text(), parts()))


def parts() -> dict[str, list[str]]:
    """Return what belongs between the marks."""
    raw = read(RESULTS / "delivery.json", "make bench-delivery")
    return {
        "conditions": [report.conditions(raw), "", report.versions(raw)],
        "targets": report.targets(raw),
        "speeds": report.speeds(raw, "cpu"),
        "latencies": report.latencies(raw),
        "overload": report.overload(raw),
        "answers": report.answers(raw),
    }


if __name__ == "__main__":
    main()
