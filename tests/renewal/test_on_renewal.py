"""Who is told of a renewal: the process that has done it, once."""

from __future__ import annotations

import pytest

from app.errors import AuthError
from app.renewal.events import ChangedElsewhere
from app.sessions.session import Session
from app.settings import RenewalMethod
from tests.provider import RecordingProvider
from tests.renewal.conftest import SignedIn


@pytest.fixture
def scope() -> str:
    return 'openid profile email offline_access'


@pytest.fixture
def told() -> list[Session]:
    return []


METHODS: list[tuple[RenewalMethod, ...]] = [('iframe',), ('refresh_token',)]


@pytest.mark.parametrize('methods', METHODS, ids=str)
async def test_a_renewal_is_told_once_in_the_process_that_has_done_it(
    alice: SignedIn, told: list[Session], methods: tuple[RenewalMethod, ...]
) -> None:
    theirs: list[Session] = []
    live = alice.make(alice.session, methods=methods, on_renewal=told.append)
    slower = alice.make(alice.session, methods=methods, on_renewal=theirs.append)
    for each in (live, slower):
        each.user_agents.add(alice.frame)
    renewed = await live.renew()
    assert told == [renewed]
    assert (await slower.renew()).tokens == renewed.tokens
    assert (len(told), theirs) == (1, [])


async def test_what_was_renewed_elsewhere_is_not_told(alice: SignedIn, told: list[Session]) -> None:
    renewed = await alice.live().renew()
    live = alice.make(alice.session, on_renewal=told.append)
    live.send(ChangedElsewhere(renewed))
    assert live.session == renewed
    assert told == []


async def test_a_renewal_that_fails_is_not_told(
    alice: SignedIn, told: list[Session], provider: RecordingProvider
) -> None:
    live = alice.make(alice.session, methods=('refresh_token',), on_renewal=told.append)
    provider.answer('/token', {'error': 'invalid_grant'}, 400)
    with pytest.raises(AuthError):
        await live.renew()
    assert told == []
