"""`python main.py doctor`: examines the configuration, and tells it to whoever started it."""

from __future__ import annotations

import asyncio
import io
import logging
import sys

from rich.console import Console

from .checks import Check, examine
from .examination import Examination
from .finding import Finding
from .reading import Reading
from .report import JsonReport, PlainReport, Report, TerminalReport


def doctor(*, as_json: bool) -> int:
    """The exit status: 1 if there is a problem, else 0."""
    logging.disable(logging.CRITICAL)  # what is wrong is said once, and in words
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors='replace')  # a terminal that has no such sign shows another
    console = Console(highlight=False)
    report: Report = JsonReport() if as_json else TerminalReport(console) if console.is_terminal else PlainReport()
    try:
        findings = asyncio.run(_examined(report))
    except KeyboardInterrupt:
        console.show_cursor()  # it was hidden while something went on
        return 130  # as a shell says it
    return int(any(finding.outcome == 'problem' for finding in findings))


async def _examined(report: Report) -> list[Finding]:
    found: list[tuple[Check, Finding]] = []
    async with Examination.of(Reading.of_environment()) as examination:
        async for check, finding in examine(examination):
            if finding is None:
                report.begin(check)
            else:
                report.found(check, finding)
                found.append((check, finding))
    report.end(found)
    return [finding for _, finding in found]
