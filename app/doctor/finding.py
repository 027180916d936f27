"""What a check found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Outcome = Literal['ok', 'note', 'skipped', 'warning', 'problem']
COUNTED: tuple[Outcome, ...] = ('problem', 'warning', 'note', 'skipped')
LONGEST_QUOTE = 200  # characters


@dataclass(frozen=True, slots=True)
class Finding:
    """How a check came out, what it saw, and what to do about it, in words for the operator."""

    outcome: Outcome
    what: str
    advice: str = ''


class CannotTell(Exception):
    """What a check needs is not there; its text says what, and the check counts as skipped."""


def ok(what: str) -> Finding:
    """Nothing to do."""
    return Finding('ok', what)


def note(what: str, advice: str = '') -> Finding:
    """Good to know; nothing has to be done."""
    return Finding('note', what, advice)


def skipped(what: str) -> Finding:
    """It could not be checked, and why."""
    return Finding('skipped', what)


def warning(what: str, advice: str) -> Finding:
    """The app works, but not as well as it could."""
    return Finding('warning', what, advice)


def problem(what: str, advice: str) -> Finding:
    """Signing in, or staying signed in, fails."""
    return Finding('problem', what, advice)


def summary(findings: Iterable[Finding]) -> str:
    """How many of which, in one sentence."""
    counts = Counter(finding.outcome for finding in findings)
    said = ', '.join(f'{counts[outcome]} {_plural(outcome, counts[outcome])}' for outcome in COUNTED if counts[outcome])
    return ('Something is wrong' if counts['problem'] else 'Nothing is wrong') + (f': {said}.' if said else '.')


def quoted(text: object) -> str:
    """What a provider said, for a terminal or a page: in quotation marks, short, and without control characters."""
    plain = ''.join(char if char.isprintable() else ' ' for char in str(text)).strip().removesuffix('.')
    return f'“{plain[:LONGEST_QUOTE]}{"…" if len(plain) > LONGEST_QUOTE else ""}”'


def _plural(outcome: Outcome, count: int) -> str:
    return outcome if count == 1 or outcome == 'skipped' else f'{outcome}s'
