"""`on_renewal`, and what stays of what a hook has added."""

from __future__ import annotations

from contextlib import suppress

import pytest

from app.errors import AuthError
from tests.clock import FakeClock
from tests.host import hooked
from tests.host.hooks.conftest import ended, sessions
from tests.person import Person
from tests.provider import HttpFrame, RecordingProvider

pytestmark = pytest.mark.usefixtures('host')
WHY = 'Your account <b>is blocked</b>.'
COOKIE = 'stay_signed_in_browser_8080'


async def test_claims_of_the_app_stay_over_a_renewal_which_is_told_once(provider: RecordingProvider) -> None:
    hooked.login = lambda _: {'roles': ['tenant-7']}
    person = await Person.signed_in(provider)
    (session,) = await sessions('alice', provider)
    live = await hooked.auth.context.registry.without_tab(session)
    frame = HttpFrame(provider)
    await frame.sign_in_at_provider('alice')
    live.user_agents.add(frame)
    await live.renew()
    await hooked.until('renewal', 'alice', 'None')
    assert hooked.told == [('login', 'alice', 'None'), ('renewal', 'alice', 'None')]
    assert 'tenant-7' in (await person.get('/')).text


async def test_a_renewal_that_is_refused_for_good_is_told_once_the_session_ends(
    provider: RecordingProvider, clock: FakeClock
) -> None:
    await Person.signed_in(provider)
    (session,) = await sessions('alice', provider)
    live = await hooked.auth.context.registry.without_tab(session)
    live.user_agents.add(HttpFrame(provider))  # whom the provider does not know
    with pytest.raises(AuthError):
        await live.renew()
    await hooked.auth.context.hooks.close()
    assert [words[0] for words in hooked.told] == ['login']
    assert live.wakes_at
    await clock.advance(live.wakes_at - clock.now())
    await live.wake()
    with suppress(AuthError):
        await live.renew()
    await live.settled()
    await ended('cookie_withheld')
