"""The doctor in a shell: examines the configuration, and tells it to a terminal, to a pipe, or to a script (JSON)."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .checks import Check, examine
from .examination import Examination
from .finding import Finding, Outcome, summary
from .reading import Reading

STYLES: dict[Outcome, tuple[str, str]] = {  # a sign before the word, where there are colours; the colour
    'ok': ('✓', 'green'),
    'note': ('i', 'blue'),
    'skipped': ('-', 'bright_black'),
    'warning': ('!', 'yellow'),
    'problem': ('✗', 'bold red'),
}
UNLIMITED = 100_000  # characters in a line of a pipe: each finding has one of its own, for grep
Found = Sequence[tuple[Check, Finding]]


def doctor(*, as_json: bool, read: Callable[[], Reading] = Reading.of_environment) -> int:
    """Examine the settings that `read` finds. The exit status: 1 if there is a problem, else 0."""
    logging.disable(logging.CRITICAL)  # what is wrong is said once, and in words
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors='replace')  # a terminal that has no such sign shows another
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = UNLIMITED
    try:
        found = asyncio.run(_examined(read(), JsonReport(console) if as_json else TextReport(console)))
    except KeyboardInterrupt:
        console.show_cursor()  # it was hidden while something went on
        return 130  # as a shell says it
    return int(any(finding.outcome == 'problem' for _, finding in found))


async def _examined(reading: Reading, report: Report) -> Found:
    found: list[tuple[Check, Finding]] = []
    async with Examination.of(reading) as examination:
        async for check, finding in examine(examination):
            if finding is None:
                report.begin(check)
            else:
                report.found(check, finding)
                found.append((check, finding))
    report.end(found)
    return found


class Report(Protocol):
    """Told what happens as it happens."""

    def begin(self, check: Check) -> None: ...

    def found(self, check: Check, finding: Finding) -> None: ...

    def end(self, found: Found) -> None: ...


class TextReport:
    """For people: each finding as soon as it is there; in a terminal in colour, with the check that is being done.

    What a provider said is put in as text: no markup of Rich's has a meaning in it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status('')
        self._group = ''

    def begin(self, check: Check) -> None:
        if check.group != self._group:
            if self._group:
                self._console.line()
            self._console.print(Text(check.group, style='bold'))
            self._group = check.group
        self._status.update(Text(f'{check.title} ...'))
        self._status.start()

    def found(self, check: Check, finding: Finding) -> None:
        self._status.stop()
        sign, style = STYLES[finding.outcome]
        outcome = f'{sign} {finding.outcome}' if self._console.is_terminal else finding.outcome
        doubt = f' ({finding.doubt})' if finding.doubt else ''
        self._print(Text(outcome, style), Text.assemble((check.title, 'bold'), f': {finding.what}{doubt}'))
        if finding.advice:
            self._print(Text(), Text(f'-> {finding.advice}', style))

    def end(self, found: Found) -> None:
        is_wrong = any(finding.outcome == 'problem' for _, finding in found)
        self._console.line()
        self._console.print(Text(summary(finding for _, finding in found), STYLES['problem' if is_wrong else 'ok'][1]))

    def _print(self, outcome: Text, what: Text) -> None:
        row = Table.grid(padding=0)  # which is not the same space in every version of Rich
        row.add_column(width=10 if self._console.is_terminal else 9)
        row.add_column()
        row.add_row(outcome, what)
        self._console.print(Padding.indent(row, 2))


class JsonReport:
    """For scripts: one JSON document, when all is done."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def begin(self, check: Check) -> None:
        """Nothing is said before the end."""

    def found(self, check: Check, finding: Finding) -> None:
        """Nothing is said before the end."""

    def end(self, found: Found) -> None:
        self._console.out(json.dumps(as_document(found), ensure_ascii=False, indent=2), highlight=False)


def as_document(found: Found) -> dict[str, Any]:
    """`ok` is whether nothing is wrong; `findings` are in the order of the checks, and of the providers."""
    return {
        'ok': all(finding.outcome != 'problem' for _, finding in found),
        'summary': summary(finding for _, finding in found),
        'findings': [
            {
                'check': check.name,
                'title': check.title,
                'provider': check.provider,
                'outcome': finding.outcome,
                'certainty': finding.certainty,
                'what': finding.what,
                'advice': finding.advice,
            }
            for check, finding in found
        ],
    }
