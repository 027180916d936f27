"""What the doctor found, as text: for a terminal (with progress), for a pipe, and for scripts (JSON)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

from rich.console import Console
from rich.padding import Padding
from rich.status import Status
from rich.table import Table
from rich.text import Text

from .checks import Check
from .finding import Finding, Outcome, summary

MARKS: dict[Outcome, tuple[str, str]] = {
    'ok': ('✓', 'green'),
    'note': ('i', 'blue'),
    'skipped': ('-', 'bright_black'),
    'warning': ('!', 'yellow'),
    'problem': ('✗', 'bold red'),
}
Found = Sequence[tuple[Check, Finding]]


class Report(Protocol):
    """Told what happens as it happens."""

    def begin(self, check: Check) -> None: ...

    def found(self, check: Check, finding: Finding) -> None: ...

    def end(self, found: Found) -> None: ...


class PlainReport:
    """A line for each finding, as soon as it is there, and what to do about it on the next: for a pipe, or a file."""

    def __init__(self) -> None:
        self._group = ''

    def begin(self, check: Check) -> None:
        if check.group != self._group:
            _say(f'{"" if not self._group else chr(10)}{check.group}')
            self._group = check.group

    def found(self, check: Check, finding: Finding) -> None:
        _say(f'  {finding.outcome:<8} {check.title}: {finding.what}')
        if finding.advice:
            _say(f'  {"":<8} -> {finding.advice}')

    def end(self, found: Found) -> None:
        _say(f'\n{summary(finding for _, finding in found)}')


class TerminalReport:
    """In colour, with the check that is being done under those that are; for a person at a terminal.

    What a provider said is put in as text: no markup of Rich's has a meaning in it.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._group = ''

    def begin(self, check: Check) -> None:
        if check.group != self._group:
            self._console.print(Text(f'\n{check.group}', style='bold'))
            self._group = check.group
        self._status = self._console.status(Text(f'{check.title} ...'))
        self._status.start()

    def found(self, check: Check, finding: Finding) -> None:
        if self._status:
            self._status.stop()
        mark, style = MARKS[finding.outcome]
        row = Table.grid(padding=(0, 1))
        row.add_column(width=9)
        row.add_column(ratio=1)
        row.add_row(
            Text(f'{mark} {finding.outcome}', style=style), Text.assemble((check.title, 'bold'), f': {finding.what}')
        )
        if finding.advice:
            row.add_row('', Text(f'→ {finding.advice}', style=style))
        self._console.print(Padding(row, (0, 0, 0, 2)))

    def end(self, found: Found) -> None:
        is_wrong = any(finding.outcome == 'problem' for _, finding in found)
        text = summary(finding for _, finding in found)
        self._console.print(Text(f'\n{text}', style=MARKS['problem' if is_wrong else 'ok'][1]))


class JsonReport:
    """One JSON document, when all is done."""

    def begin(self, check: Check) -> None:
        """Nothing is said before the end."""

    def found(self, check: Check, finding: Finding) -> None:
        """Nothing is said before the end."""

    def end(self, found: Found) -> None:
        _say(json.dumps(as_document(found), ensure_ascii=False, indent=2))


def as_document(found: Found) -> dict[str, Any]:
    """`ok` is whether nothing is wrong; `findings` are in the order of the checks."""
    return {
        'ok': all(finding.outcome != 'problem' for _, finding in found),
        'summary': summary(finding for _, finding in found),
        'findings': [
            {
                'check': check.name,
                'title': check.title,
                'outcome': finding.outcome,
                'what': finding.what,
                'advice': finding.advice,
            }
            for check, finding in found
        ],
    }


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - for a person at a terminal, or a script
