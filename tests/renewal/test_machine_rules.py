"""The rules of the machine, whatever happens, and in every state that can be reached."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import (
    InteractionRequired,
    NoBrowser,
    ProviderFailed,
    SessionEnded,
    SubjectMismatch,
)
from app.renewal import events as e
from app.renewal import machine
from app.renewal.limits import Limits
from app.renewal.schedule import BURST, BURST_WINDOW
from app.renewal.state import Rules, State
from app.sessions.session import Session
from tests.clock import START
from tests.renewal.test_machine import IDLE, LATER, SESSION, failed, failure, granted

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
    st.just('userinfo came'),
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
    if event == 'userinfo came':
        return e.UserinfoCame(state.session.informed({'groups': ['staff']}))
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
