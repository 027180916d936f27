"""What a check found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

from ..settings.guest import spelled

Outcome = Literal['ok', 'note', 'skipped', 'warning', 'problem']
Certainty = Literal['seen', 'likely', 'not tried']
COUNTED: tuple[Outcome, ...] = ('problem', 'warning', 'note', 'skipped')
LONGEST_QUOTE = 200  # characters


@dataclass(frozen=True, slots=True)
class Finding:
    """How a check came out, what it saw, and what to do about it, in words for the operator.

    Its certainty is `seen`: it was tried, and this came of it; `likely`: something was seen that speaks for it; or
    `not tried`: it is what a document says, or cannot be told from here. What is ok, or a problem, was always seen.
    """

    outcome: Outcome
    what: str
    advice: str = ''
    certainty: Certainty = 'seen'

    @property
    def doubt(self) -> str:
        """How sure it is, for people, where it is not certain; a check that was skipped says so already."""
        return '' if self.certainty == 'seen' or self.outcome == 'skipped' else self.certainty

    def spelled(self, names: Mapping[str, str]) -> Self:
        """The finding, with these names of settings in the place of the short ones."""
        return replace(self, what=spelled(self.what, names), advice=spelled(self.advice, names))


class CannotTell(Exception):
    """What a check needs is not there; its text says what, and the check counts as skipped."""


def ok(what: str) -> Finding:
    """A finding after which nothing has to be done."""
    return Finding('ok', what)


def note(what: str, advice: str = '', certainty: Certainty = 'seen') -> Finding:
    """A finding that is good to know; nothing has to be done."""
    return Finding('note', what, advice, certainty)


def unclear(what: str, advice: str = '') -> Finding:
    """A finding that something cannot be told from here, so that it is neither well nor wrong."""
    return note(f'It cannot be told: {what}', advice, 'not tried')


def skipped(what: str) -> Finding:
    """A check that was not possible; `what` says why."""
    return Finding('skipped', what, certainty='not tried')


def warning(what: str, advice: str, certainty: Certainty = 'seen') -> Finding:
    """A finding that leaves the app working, but not as well as it could."""
    return Finding('warning', what, advice, certainty)


def problem(what: str, advice: str) -> Finding:
    """A finding on account of which signing in, or staying signed in, fails; never on a guess."""
    return Finding('problem', what, advice)


def summary(findings: Iterable[Finding]) -> str:
    """How many findings there are of each outcome, in one sentence."""
    counts = Counter(finding.outcome for finding in findings)
    said = ', '.join(f'{counts[outcome]} {_plural(outcome, counts[outcome])}' for outcome in COUNTED if counts[outcome])
    return ('Something is wrong' if counts['problem'] else 'Nothing is wrong') + (f': {said}.' if said else '.')


def quoted(text: object) -> str:
    """What a provider said, for a terminal or a page: in quotation marks, short, and without control characters."""
    plain = ''.join(char if char.isprintable() else ' ' for char in str(text)).strip().removesuffix('.')
    return f'“{plain[:LONGEST_QUOTE]}{"…" if len(plain) > LONGEST_QUOTE else ""}”'


def _plural(outcome: Outcome, count: int) -> str:
    return outcome if count == 1 or outcome == 'skipped' else f'{outcome}s'
