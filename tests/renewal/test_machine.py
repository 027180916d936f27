"""The machine: its table, case by case, and its rules, whatever happens."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import get_args

import pytest

from app.errors import (
    AudienceRefused,
    AuthError,
    InteractionRequired,
    NoBrowser,
    ProviderFailed,
    RenewalTooSoon,
    SessionEnded,
    SessionIdle,
    SessionTooOld,
    SubjectMismatch,
    TooManyRenewals,
)
from app.oidc.tokens import Grant
from app.renewal import events as e
from app.renewal import machine
from app.renewal.events import Failure
from app.renewal.limits import Limits
from app.renewal.schedule import BURST, BURST_WINDOW
from app.renewal.state import Phase, Rules, State
from app.sessions.session import Session
from tests.clock import START
from tests.sessions.test_session import grant

LIFETIME = 3600.0


def granted(now: float, number: int = 0) -> Grant:
    """Tokens that were issued at this moment."""
    issued = grant(number=number)
    return replace(issued, tokens=replace(issued.tokens, expires_in=LIFETIME), requested_at=now)


SESSION = Session.begin(granted(START), {}, 'browser')


LATER = SESSION.renewed(granted(START, 1), 'iframe')


INFORMED = SESSION.informed({'groups': ['staff']})


ON_USERINFO = replace(LATER, userinfo={'groups': ['staff']})


IDLE = Rules(limits=Limits(idle=600))


def failure(kind: type[AuthError]) -> Failure:
    return Failure(kind, kind.code, START)


def failed(kind: type[AuthError], retry_after: float = 0.0) -> e.Failed:
    return e.Failed(failure(kind), SESSION, retry_after)


def after(*happened: tuple[e.Event, float], rules: Rules | None = None) -> State:
    """The state that a session is in when this has happened, each event so many seconds after its beginning."""
    state = machine.begin(SESSION, rules or Rules(), START)
    for event, seconds in happened:
        state, _ = machine.step(state, event, START + seconds)
    return state


WISH = e.RenewalWanted()


RENEWING = after((WISH, 10))


RETRYING = after((WISH, 10), (failed(ProviderFailed), 10))


WAITING = after((WISH, 10), (failed(ProviderFailed, retry_after=9 * LIFETIME), 10))  # an hour, at most


REFUSED = after((WISH, 10), (failed(InteractionRequired), 10))


OVER = after((e.Ended(), 10))


PAGELESS = after((WISH, 10), (failed(NoBrowser), 10))


GIVEN_UP = replace(RETRYING, phase='sign-in-needed', next_attempt=None)


BURSTING = replace(after(), attempts=(START,) * BURST)


@dataclass(frozen=True)
class Case:
    """A line of the table: in this state this happens so many seconds after the beginning, and that comes of it."""

    state: State
    event: e.Event
    at: float
    phase: str
    effects: tuple[type, ...] = ()


BEGINS, DROPS, MARKS, REFUSES, NOTES = e.BeginRenewal, e.DropRenewal, e.MarkEnded, e.Refuse, e.NoteActivity
ASKS, BEGINS_AUDIENCE = e.AskUserinfo, e.BeginAudience


CASES = {
    'Woke: nothing is due': Case(after(), e.Woke(), 1, 'active'),
    'Woke: a renewal that is due begins': Case(after(), e.Woke(), LIFETIME - 60, 'renewing', (BEGINS,)),
    'Woke: however late': Case(after(), e.Woke(), LIFETIME * 9, 'renewing', (BEGINS,)),
    'Woke: beside a renewal nothing begins': Case(RENEWING, e.Woke(), LIFETIME, 'renewing'),
    'Woke: a retry that is due begins': Case(RETRYING, e.Woke(), 11, 'renewing', (BEGINS,)),
    'Woke: after a refusal one more try at expiry': Case(REFUSED, e.Woke(), LIFETIME, 'renewing', (BEGINS,)),
    'Woke: and none before': Case(REFUSED, e.Woke(), LIFETIME - 1, 'sign-in-needed'),
    'Woke: beyond a limit it ends': Case(after(rules=IDLE), e.Woke(), 600, 'signed-out', (MARKS,)),
    'Woke: beyond a limit no renewal goes on': Case(
        after((WISH, 10), rules=IDLE), e.Woke(), 600, 'signed-out', (DROPS, MARKS)
    ),
    'Woke: who was seen by another process is not idle': Case(after(rules=IDLE), e.Woke(START + 500), 600, 'active'),
    'Woke: a token that expires while it is retried is noted': Case(WAITING, e.Woke(), LIFETIME, 'retrying'),
    'Opened: what was given up is tried again': Case(GIVEN_UP, e.Opened(SESSION), 99, 'renewing', (BEGINS,)),
    'Opened: not too soon': Case(RETRYING, e.Opened(SESSION), 10.5, 'retrying'),
    'Opened: a newer session is taken over': Case(RETRYING, e.Opened(LATER), 10.5, 'active'),
    'Opened: but not beside a renewal': Case(RENEWING, e.Opened(LATER), 10.5, 'renewing'),
    'Opened: it is something that the person does': Case(after(rules=IDLE), e.Opened(SESSION), 9, 'active', (NOTES,)),
    'Opened: too late for that': Case(after(rules=IDLE), e.Opened(SESSION), 601, 'signed-out', (MARKS,)),
    'Opened: what is over stays so': Case(OVER, e.Opened(LATER), 99, 'signed-out'),
    'Returned: a renewal that had no page begins': Case(PAGELESS, e.Returned(), 10.1, 'renewing', (BEGINS,)),
    'Returned: a renewal that is due begins': Case(after(), e.Returned(), LIFETIME, 'renewing', (BEGINS,)),
    'Returned: while all is well nothing does': Case(after(), e.Returned(), 10, 'active'),
    'Returned: not too soon': Case(RETRYING, e.Returned(), 10.5, 'retrying'),
    'TokenWanted: a fresh one is used': Case(after(), e.TokenWanted(), LIFETIME - 61, 'active'),
    'TokenWanted: within its lead it is renewed': Case(after(), e.TokenWanted(), LIFETIME - 60, 'renewing', (BEGINS,)),
    'TokenWanted: not too soon': Case(RETRYING, e.TokenWanted(), 10.5, 'retrying'),
    'TokenWanted: not after a refusal': Case(REFUSED, e.TokenWanted(), LIFETIME + 9, 'sign-in-needed'),
    'RenewalWanted: it begins': Case(after(), WISH, 1, 'renewing', (BEGINS,)),
    'RenewalWanted: it shares the one under way': Case(RENEWING, WISH, 11, 'renewing'),
    'RenewalWanted: too soon': Case(RETRYING, WISH, 10.5, 'retrying', (REFUSES,)),
    'RenewalWanted: too often': Case(BURSTING, WISH, 1, 'active', (REFUSES,)),
    'RenewalWanted: it is over': Case(OVER, WISH, 99, 'signed-out', (REFUSES,)),
    'RenewalWanted: a person may ask again after a refusal': Case(REFUSED, WISH, 11, 'renewing', (BEGINS,)),
    'RenewalWanted: an API may not': Case(REFUSED, e.RenewalWanted(by_person=False), 11, 'sign-in-needed', (REFUSES,)),
    'Renewed: active again': Case(RENEWING, e.Renewed(LATER), 12, 'active'),
    'Renewed: userinfo is asked anew': Case(RENEWING, e.Renewed(ON_USERINFO), 12, 'active', (ASKS,)),
    'UserinfoCame: the phase stays': Case(RETRYING, e.UserinfoCame(INFORMED), 11, 'retrying'),
    'UserinfoCame: beside a renewal': Case(RENEWING, e.UserinfoCame(INFORMED), 11, 'renewing'),
    'UserinfoCame: not after the end': Case(OVER, e.UserinfoCame(INFORMED), 11, 'signed-out'),
    'Renewed: too late': Case(OVER, e.Renewed(LATER), 12, 'signed-out'),
    'Failed, transient: retrying': Case(RENEWING, failed(ProviderFailed), 12, 'retrying'),
    'Failed, transient: given up when the grace is over': Case(
        replace(RENEWING, failing_since=START), failed(ProviderFailed), LIFETIME + 900, 'sign-in-needed'
    ),
    'Failed, no page: as before': Case(RENEWING, failed(NoBrowser), 12, 'active'),
    'Failed, for good: the token serves on': Case(RENEWING, failed(InteractionRequired), 12, 'sign-in-needed'),
    'Failed, for good: after expiry it is over': Case(
        RENEWING, failed(SubjectMismatch), LIFETIME, 'sign-in-needed', (MARKS,)
    ),
    'Failed, for good: the session had ended': Case(RENEWING, failed(SessionEnded), 12, 'signed-out'),
    'Touched: an idle limit counts from now': Case(after(rules=IDLE), e.Touched(), 599, 'active', (NOTES,)),
    'Touched: too late for that': Case(after(rules=IDLE), e.Touched(), 600, 'active'),
    'Touched: without a limit nobody is told': Case(after(), e.Touched(), 599, 'active'),
    'SignedInAgain: active, whatever it was': Case(OVER, e.SignedInAgain(replace(SESSION, id='new')), 99, 'active'),
    'SignedInAgain: what is under way is dropped': Case(RENEWING, e.SignedInAgain(SESSION), 99, 'active', (DROPS,)),
    'ChangedElsewhere: active': Case(RETRYING, e.ChangedElsewhere(LATER), 11, 'active'),
    'ChangedElsewhere: not after the end': Case(OVER, e.ChangedElsewhere(LATER), 11, 'signed-out'),
    'AudienceWanted: it begins': Case(RETRYING, e.AudienceWanted('b'), 11, 'retrying', (BEGINS_AUDIENCE,)),
    'AudienceWanted: it is over': Case(OVER, e.AudienceWanted('b'), 11, 'signed-out', (REFUSES,)),
    'AudienceRenewed: the phase stays': Case(RETRYING, e.AudienceRenewed('b', LATER), 11, 'retrying'),
    'AudienceRenewed: not after the end': Case(OVER, e.AudienceRenewed('b', LATER), 11, 'signed-out'),
    'AudienceFailed: the phase stays': Case(
        after(), e.AudienceFailed('b', failure(AudienceRefused), SESSION), 11, 'active'
    ),
    'AudienceFailed: the session had ended': Case(
        RENEWING, e.AudienceFailed('b', failure(SessionEnded), SESSION), 11, 'signed-out', (DROPS,)
    ),
    'Ended: signed-out': Case(after(), e.Ended(), 11, 'signed-out'),
    'Ended: what is under way is dropped': Case(RENEWING, e.Ended(), 11, 'signed-out', (DROPS,)),
    'ClockJumped: ahead changes nothing': Case(RETRYING, e.ClockJumped(), 11, 'retrying'),
}


@pytest.mark.parametrize('name', CASES)
def test_the_table(name: str) -> None:
    case = CASES[name]
    state, effects = machine.step(case.state, case.event, START + case.at)
    assert (state.phase, tuple(type(effect) for effect in effects)) == (case.phase, case.effects)


def test_the_table_of_the_docstring_is_the_one_that_is_tested() -> None:
    table = str(machine.__doc__)
    rows = re.findall(r'^([A-Z]\w+(?:, \w[\w ]*?)?) *\|', table, re.MULTILINE)
    happens = {name for row in rows for name in re.split(r', (?=[A-Z])', row)}
    assert happens == {name.split(':')[0] for name in CASES}
    assert {name.split(',')[0] for name in happens} == {kind.__name__ for kind in get_args(e.Event)}
    assert set(re.findall(r'^([a-z-]+) *\|', table, re.MULTILINE)) == {'phase', 'event', *get_args(Phase)}


@pytest.mark.parametrize(
    ('event', 'seconds'),
    [(failed(ProviderFailed), 1), (failed(ProviderFailed, 20), 20), (failed(ProviderFailed, 86_400), 3600)],
)
def test_nobody_asks_before_the_moment_that_a_failure_sets(event: e.Failed, seconds: float) -> None:
    state = after((WISH, 10), (event, 10))
    assert (state.next_attempt, state.not_before) == (START + 10 + seconds,) * 2
    refusal = machine.step(state, WISH, START + 11 - 0.5)[1]
    assert refusal == (e.Refuse(Failure(RenewalTooSoon, RenewalTooSoon.code, START + 10.5), seconds - 0.5),)


@pytest.mark.parametrize(
    ('state', 'came', 'session'),
    [
        pytest.param(RETRYING, INFORMED, INFORMED, id='newer'),
        pytest.param(RETRYING, replace(INFORMED, revision=SESSION.revision), SESSION, id='overtaken'),
        pytest.param(RETRYING, replace(INFORMED, id='another'), SESSION, id='of another session'),
        pytest.param(OVER, INFORMED, SESSION, id='too late'),
    ],
)
def test_what_userinfo_says_counts_for_the_session_that_it_was_asked_for(
    state: State, came: Session, session: Session
) -> None:
    assert machine.step(state, e.UserinfoCame(came), START + 11) == (replace(state, session=session), ())


def test_too_often_is_told_as_that() -> None:
    kind = TooManyRenewals
    refusal = machine.step(BURSTING, WISH, START + 1)[1]
    assert refusal == (e.Refuse(Failure(kind, kind.code, START + 1), BURST_WINDOW - 1),)


def test_a_clock_that_was_set_back_does_not_lengthen_a_wait() -> None:
    hour = 3600
    state, _ = machine.step(RETRYING, e.ClockJumped(), START + 10 - hour)
    assert (state.next_attempt, state.not_before) == (START + 11 - hour,) * 2


def test_a_token_that_seems_to_come_from_the_future_is_renewed_when_the_clock_was_set_back() -> None:
    state = machine.begin(Session.begin(granted(START + 3600), {}, 'browser'), Rules(), START + 3600)
    state, _ = machine.step(state, e.ClockJumped(), START)
    assert machine.wakes_at(state) == START


def test_a_page_that_comes_back_too_soon_after_giving_up_is_put_off() -> None:
    state = replace(GIVEN_UP, not_before=START + 40)
    state, effects = machine.step(state, e.Returned(), START + 20)
    assert (effects, machine.wakes_at(state)) == ((), START + 40)


def test_a_minute_before_a_limit_the_person_is_warned_and_doing_something_ends_that() -> None:
    state = after((e.Woke(), 540), rules=Rules(limits=Limits(idle=600), lead=0))
    assert state.warning is not None
    assert state.warning.is_a(SessionIdle)
    assert machine.wakes_at(state) == START + 600
    assert machine.step(state, e.Touched(), START + 550)[0].warning is None
    older = after((e.Woke(), 540), (e.Touched(), 550), rules=Rules(limits=Limits(maximum=600), lead=0))
    assert older.warning is not None
    assert older.warning.is_a(SessionTooOld)


def test_while_it_is_retried_the_expiry_of_the_token_is_a_moment_to_wake_at() -> None:
    assert machine.wakes_at(WAITING) == START + LIFETIME
    expired, _ = machine.step(WAITING, e.Woke(), START + LIFETIME)
    assert (WAITING.has_expired, expired.has_expired) == (False, True)
    assert machine.wakes_at(expired) == WAITING.next_attempt


def test_a_renewal_that_fails_after_expiry_says_so_and_one_that_works_does_not() -> None:
    late = after((WISH, LIFETIME), (failed(ProviderFailed), LIFETIME + 1))
    assert late.has_expired
    renewed, _ = machine.step(after((WISH, LIFETIME)), e.Renewed(LATER), START + LIFETIME + 2)
    assert not renewed.has_expired


@pytest.mark.parametrize('later', [None, failure(SubjectMismatch)])
def test_a_logout_or_another_person_after_a_limit_is_an_end_of_its_own(later: Failure | None) -> None:
    """From a limit the same person may come back to what is open; from these nobody does."""
    limited = after((e.Woke(), 600), rules=IDLE)
    assert limited.error is not None
    assert limited.error.is_a(SessionIdle)
    assert machine.step(limited, e.Ended(later), START + 601) == (replace(limited, error=later), ())


@pytest.mark.parametrize('earlier', [None, failure(SubjectMismatch)])
def test_a_limit_says_nothing_more_of_a_session_that_was_ended(earlier: Failure | None) -> None:
    over = after((e.Ended(earlier), 10))
    assert machine.step(over, e.Ended(failure(SessionIdle)), START + 601) == (over, ())
