"""
Print the events on standard input, one JSON object a line, that match a pattern.

    python examples/match_stdin.py '{"status": [{"numeric": [">=", 500]}]}' < access.log
"""

import sys

from rulebus import EventPattern
from rulebus.exceptions import InvalidEventError, InvalidEventPatternError


def pattern_of(arguments: list[str]) -> EventPattern:
    """Return the pattern that is the only argument."""
    match arguments:
        case [text]:
            try:
                return EventPattern(text)
            except InvalidEventPatternError as error:
                sys.exit(f"the pattern is not valid: {error}")
        case _:
            sys.exit("expected one argument: an event pattern as JSON text")


def main() -> None:
    """Filter standard input."""
    pattern = pattern_of(sys.argv[1:])
    for number, line in enumerate(sys.stdin.buffer, start=1):
        try:
            matched = pattern.matches(line)
        except InvalidEventError as error:
            print(f"line {number} is no event: {error}", file=sys.stderr)
            continue
        if matched:
            sys.stdout.buffer.write(line)


main()
