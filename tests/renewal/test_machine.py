"""The machine: its table, case by case, and its rules, whatever happens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import (
    AppError,
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
from app.oidc.provider import Grant
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
IDLE = Rules(limits=Limits(idle=600))


def failure(kind: type[AppError]) -> Failure:
    return Failure(kind, kind.code, START)


def failed(kind: type[AppError], retry_after: float = 0.0) -> e.Failed:
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


# Whatever happens

KINDS = [ProviderFailed, NoBrowser, InteractionRequired, SubjectMismatch, SessionEnded]
EVENTS = st.one_of(
    st.builds(e.Woke),
    st.just(e.Opened(SESSION)),
    st.just(e.Opened(LATER)),
    st.builds(e.Returned),
    st.builds(e.TokenWanted),
    st.builds(e.RenewalWanted, st.booleans()),
    st.just('renewed'),
    st.builds(
        lambda kind, wait, jitter: e.Failed(failure(kind), SESSION, wait, jitter),
        st.sampled_from(KINDS),
        st.sampled_from([0.0, 5.0, 1e6]),
        st.floats(0.5, 1),
    ),
    st.builds(e.Touched),
    st.just('signed in again'),
    st.just('changed elsewhere'),
    st.builds(e.Ended),
    st.builds(e.ClockJumped),
)
RULES = st.sampled_from([Rules(), IDLE, Rules(limits=Limits(maximum=300)), Rules(lead=5, grace=30)])
SECONDS = st.one_of(st.just(0.0), st.floats(0, 40), st.sampled_from([60.0, 600.0, 86_400.0, -3600.0]))


def concrete(event: e.Event | str, state: State, now: float) -> e.Event:
    """An event that brings a session brings one that was issued now."""
    if not isinstance(event, str):
        return event
    issued = granted(now, 2)
    if event == 'renewed':
        return e.Renewed(state.session.renewed(issued, 'iframe'))
    if event == 'changed elsewhere':
        return e.ChangedElsewhere(state.session.renewed(issued, 'refresh_token'))
    return e.SignedInAgain(Session.begin(issued, {}, 'browser'))


def check(before: State, event: e.Event, now: float, state: State, effects: Iterable[e.Effect]) -> None:
    """The rules that hold for each step."""
    kinds = [type(effect) for effect in effects]
    begins, is_sign_in = e.BeginRenewal in kinds, isinstance(event, e.SignedInAgain)
    assert not (before.is_over and not state.is_over and not is_sign_in), 'an end is undone by a sign-in only'
    assert not (begins and before.phase == 'renewing'), 'never two renewals'
    assert not (begins and now < before.not_before), 'never an attempt before not_before'
    assert begins == (state.phase == 'renewing' != before.phase), 'a renewal is what it says'
    in_window = [moment for moment in state.attempts if now - BURST_WINDOW < moment <= now]
    assert not begins or len(in_window) <= BURST, 'never more than ten in thirty seconds'
    left = before.phase == 'renewing' != state.phase and not isinstance(event, e.Renewed | e.Failed)
    assert (e.DropRenewal in kinds) == (left or (before.phase == 'renewing' and is_sign_in)), 'none goes on unwanted'
    assert e.MarkEnded not in kinds or state.is_over, 'what is marked as over is over'
    if before.is_refused and not is_sign_in and begins and not isinstance(event, e.RenewalWanted):
        assert before.next_attempt is not None, 'a refusal is not tried again and again'
        assert now >= before.next_attempt or before.lacks_page, 'a refusal is tried once more at expiry'
    if state.phase in {'active', 'retrying'}:
        assert machine.wakes_at(state) is not None, 'always a wake-up when one is due'
    if isinstance(event, e.Woke) and (moment := machine.wakes_at(state)) is not None:
        assert moment > now, 'whoever wakes for nothing does not wake for it again at once'


@settings(max_examples=400, deadline=None)
@given(RULES, st.lists(st.tuples(SECONDS, EVENTS), max_size=40))
def test_the_rules_hold_whatever_happens(rules: Rules, happened: list[tuple[float, e.Event | str]]) -> None:
    now = START
    state = machine.begin(SESSION, rules, now)
    for seconds, name in happened:
        now += seconds
        event = concrete(name, state, now)
        before = state
        state, effects = machine.step(before, event, now)
        check(before, event, now, state, effects)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 30), EVENTS), max_size=20))
def test_a_session_that_nobody_ended_is_renewed_as_soon_as_the_provider_answers(
    happened: list[tuple[float, e.Event | str]],
) -> None:
    now, state = START, machine.begin(SESSION, Rules(), START)
    for seconds, name in happened:
        now += seconds
        event = concrete(name, state, now)
        is_fatal = isinstance(event, e.Failed) and not event.failure.is_a(ProviderFailed, NoBrowser)
        if not isinstance(event, e.Ended) and not is_fatal:
            state, _ = machine.step(state, event, now)
    for _ in range(20):
        if state.phase == 'renewing':
            state, _ = machine.step(state, concrete('renewed', state, now), now)
            break
        now = max(now, machine.wakes_at(state) or now)
        state, _ = machine.step(state, e.Woke(), now)
    assert state.phase == 'active'
    assert state.session.is_active(now)


# Every state

WALK: list[e.Event | str] = [
    e.Woke(), e.Opened(SESSION), e.Returned(), e.TokenWanted(), e.RenewalWanted(), e.RenewalWanted(by_person=False),
    'renewed', failed(ProviderFailed), failed(ProviderFailed, 20), failed(NoBrowser), failed(InteractionRequired),
    failed(SubjectMismatch), failed(SessionEnded), e.Touched(), 'signed in again', 'changed elsewhere', e.Ended(),
    e.ClockJumped(),
]  # fmt: skip
STEPS = (0.0, 30.0, 600.0)
DEPTH = 5


def key(state: State, now: float) -> tuple[object, ...]:
    """What the state is, with its moments as seconds from now: states that differ only in when they are count once."""

    def ago(moment: float | None) -> float | None:
        return None if moment is None else round(max(-1000.0, moment - now), 3)

    moments = (state.session.tokens.expires_at, state.session.signed_in_at, state.active_at, state.next_attempt)
    attempts = tuple(ago(moment) for moment in state.attempts if now - moment < BURST_WINDOW)
    return (
        *(state.phase, state.failures, state.lacks_page, attempts, ago(state.not_before), ago(state.failing_since)),
        *(state.error and state.error.kind, state.warning and state.warning.kind),
        *map(ago, moments),
    )


def test_the_rules_hold_in_every_state_that_can_be_reached(capsys: pytest.CaptureFixture[str]) -> None:
    first = machine.begin(SESSION, IDLE, START)
    frontier, seen, steps = [(first, START)], {key(first, START)}, 0
    for depth in range(1, DEPTH + 1):
        found = []
        for before, then in frontier:
            for seconds in STEPS:
                now = then + seconds
                for name in WALK:
                    event = concrete(name, before, now)
                    state, effects = machine.step(before, event, now)
                    check(before, event, now, state, effects)
                    steps += 1
                    if (found_key := key(state, now)) not in seen:
                        seen.add(found_key)
                        found.append((state, now))
        frontier = found
        with capsys.disabled():
            print(f'\n  depth {depth}: {len(seen)} states, {steps} steps', end='')
    assert len(seen) > 1000
