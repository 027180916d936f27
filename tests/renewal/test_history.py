"""What a session's history tells."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.errors import AuthError, InteractionRequired, SessionIdle, SilentTimeout
from app.renewal.events import Ended, Failure
from app.renewal.history import LENGTH, History, Kind, Snapshot, entry, first_entry
from app.renewal.state import Phase
from app.sessions.session import Session
from tests.clock import START
from tests.renewal.conftest import SignedIn
from tests.sessions.test_session import grant

SESSION = Session.begin(grant(), {}, 'browser')
RENEWED = SESSION.renewed(grant(number=1), 'iframe')


def snapshot(
    state: Phase = 'active', session: Session = SESSION, error: type[AuthError] | None = None, at: float = 0.0
) -> Snapshot:
    return Snapshot(START + at, at, state, session, Failure.of(error(), START) if error else None)


@pytest.mark.parametrize(
    ('before', 'after', 'kind'),
    [
        (snapshot(), snapshot('renewing'), None),
        (snapshot('renewing'), snapshot('active', RENEWED), 'renewed'),
        (snapshot('renewing'), snapshot('retrying', error=SilentTimeout), 'failed'),
        (snapshot('renewing'), snapshot('sign-in-needed', error=InteractionRequired), 'refused'),
        (snapshot('renewing'), snapshot('sign-in-needed', error=SilentTimeout), 'gave-up'),
        (snapshot('renewing'), snapshot('signed-out'), 'ended'),
        (snapshot(), snapshot('signed-out', error=SessionIdle), 'ended'),
        (snapshot('signed-out'), snapshot('signed-out'), None),
        (snapshot(), snapshot(session=replace(SESSION, id='another')), 'signed-in'),
        (snapshot('renewing'), snapshot(session=replace(SESSION, id='another')), 'signed-in'),
        (snapshot(), snapshot(session=RENEWED), 'renewed-elsewhere'),
        (snapshot('sign-in-needed'), snapshot(session=RENEWED), 'renewed-elsewhere'),
        (snapshot(), snapshot(session=replace(SESSION, revision=1)), None),
        (snapshot(), snapshot(), None),
    ],
)
def test_what_has_happened_between_two_snapshots(before: Snapshot, after: Snapshot, kind: Kind | None) -> None:
    happened = entry(before, after)
    assert (happened.kind if happened else None) == kind


def test_it_says_how_long_a_renewal_took_by_a_clock_that_nobody_sets() -> None:
    before, after = snapshot('renewing', at=5), snapshot('active', RENEWED, at=5.25)
    happened = entry(before, replace(after, at=START - 3600))
    assert happened is not None
    assert (happened.took, happened.at) == (0.25, START - 3600)


def test_what_was_no_renewal_took_no_time() -> None:
    again = snapshot(session=replace(SESSION, id='another'), at=9)
    for before, after in (
        (snapshot(), snapshot('signed-out', at=9)),
        (snapshot(), again),
        (snapshot('renewing'), again),
    ):
        happened = entry(before, after)
        assert happened is not None
        assert happened.took is None


def test_it_begins_with_the_sign_in_or_with_what_was_found() -> None:
    assert (first_entry(snapshot(at=7)).kind, first_entry(snapshot(at=7)).at) == ('signed-in', START)
    assert (first_entry(snapshot(session=RENEWED, at=7)).kind, first_entry(snapshot(session=RENEWED, at=7)).at) == (
        'resumed',
        START + 7,
    )


def test_the_oldest_is_forgotten() -> None:
    history = History()
    for number in range(LENGTH + 5):
        history.note(snapshot('renewing'))
        history.note(snapshot(session=SESSION.renewed(grant(number=number), 'iframe')))
    assert len(list(history)) == LENGTH
    assert {happened.kind for happened in history} == {'renewed'}


async def test_a_live_session_writes_down_what_it_does(alice: SignedIn) -> None:
    live = alice.live()
    await live.renew()
    live.send(Ended())
    kinds = [(happened.kind, happened.token.renewed_by) for happened in live.history]
    assert kinds == [('signed-in', None), ('renewed', 'iframe'), ('ended', 'iframe')]
