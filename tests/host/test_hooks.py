"""The hooks of somebody's app, over HTTP: who is let in, what becomes of the session, and what the log says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

import pytest

from app.errors import AuthError, Denied, SignedOutElsewhere
from app.hooks.person import Person as Known
from app.renewal.framed_sign_in import FramedSignIn
from app.sessions.session import Session
from tests.clock import FakeClock, settle
from tests.host import hooked
from tests.host.conftest import opened
from tests.person import Person, place
from tests.provider import HttpFrame, RecordingProvider

pytestmark = pytest.mark.usefixtures('host')
WHY = 'Your account <b>is blocked</b>.'
COOKIE = 'stay_signed_in_browser_8080'


@pytest.fixture
def script() -> str:
    return """
        from nicegui import ui
        from app import Auth
        from tests.host import hooked

        auth = Auth(session_idle=600)
        hooked.begin(auth)


        @auth.on_login
        async def login(person):
            hooked.tell('login', person.sub.removeprefix('demo|'), str(auth.user))
            returned = hooked.login(person)
            return await returned if hasattr(returned, '__await__') else returned


        @auth.on_renewal
        async def renewal(person):
            hooked.tell('renewal', person.sub.removeprefix('demo|'), str(auth.user))


        @auth.on_logout
        def logout(person, reason):
            hooked.tell('logout', person.sub.removeprefix('demo|'), person.claims['name'], reason)


        @auth.page('/', optional=True)
        def home():
            ui.label(f'Hello {auth.user.name}' if auth.user else 'Hello stranger')
            if auth.user:
                ui.label(f'roles: {sorted(auth.user.roles)}')


        @auth.page('/inside')
        def inside():
            ui.label(f'Inside {auth.user.name}')


        ui.run()
        """


def refuse(_: Known) -> NoReturn:
    raise Denied(WHY)


def fail(_: Known) -> NoReturn:
    raise ValueError('the database is locked')


async def sessions(name: str, provider: RecordingProvider) -> list[Session]:
    """Those of this person that are alive."""
    return await hooked.auth.context.store.sessions_of(provider.issuer, f'demo|{name}')


async def revoked(provider: RecordingProvider) -> None:
    """The provider was told that nobody uses the tokens, once the store has said that there is no session."""
    for _ in range(100):
        await settle()
        if '/revoke' in provider.requests:
            return
    pytest.fail('no token was revoked')


async def test_a_sign_in_is_told_before_the_session_is_there_and_no_page_is(provider: RecordingProvider) -> None:
    seen: list[Any] = []

    async def look(person: Known) -> None:
        seen.append((await sessions('alice', provider), await person.access_token()))

    hooked.login = look
    person = await Person.signed_in(provider)
    ((before, token),) = seen
    assert before == []
    assert {token} == provider.secrets['access_token']
    assert hooked.told == [('login', 'alice', 'None')]
    assert await person.name() == 'Alice Adams'


async def test_claims_that_a_hook_adds_are_those_of_the_user(provider: RecordingProvider) -> None:
    hooked.login = lambda _: {'roles': ['tenant-7'], 'name': 'Alice Adams the 2nd'}
    person = await Person.signed_in(provider)
    page = (await person.get('/')).text
    assert 'Hello Alice Adams the 2nd' in page
    assert "roles: ['engineering', 'staff', 'tenant-7']" in page.replace('&#x27;', "'").replace('\\u0027', "'")


async def test_who_is_refused_is_told_why_as_text_and_may_be_somebody_else(
    provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.login = refuse
    person = Person(provider)
    refused = await person.sign_in('alice', '/inside')
    assert (refused.status_code, 'denied' in refused.text) == (403, True)
    assert 'is blocked' in refused.text
    assert '<b>is' not in refused.text
    assert 'Log in as somebody else' in refused.text
    assert 'return_to=%2Finside&amp;prompt=login' in refused.text or 'return_to=%2Finside&prompt=login' in refused.text
    assert await sessions('alice', provider) == []
    assert 'denied: Your account' in caplog.text
    await revoked(provider)
    assert (await person.get('/')).text.count('Hello stranger') == 1


@pytest.mark.parametrize('hook', [refuse, fail])
async def test_a_sign_in_that_a_hook_stops_changes_nothing_of_the_session_before(
    provider: RecordingProvider, hook: Callable[[Known], NoReturn]
) -> None:
    person = await Person.signed_in(provider)
    hooked.login = hook
    for name in ('alice', 'bob'):
        before = person.http.cookies[COOKIE]
        stopped = await person.sign_in(name)
        assert stopped.status_code in {403, 503}
        assert 'Hello Alice Adams' in (await person.get('/')).text
        assert person.http.cookies[COOKIE] == before
    assert len(await sessions('alice', provider)) == 1
    assert [words for words in hooked.told if words[0] == 'logout'] == []


@pytest.mark.parametrize('hook', [refuse, fail])
async def test_no_token_of_a_person_who_has_a_session_is_revoked_since_that_may_end_it_at_the_provider(
    provider: RecordingProvider, hook: Callable[[Known], NoReturn]
) -> None:
    person = await Person.signed_in(provider)
    hooked.login = hook
    assert (await person.sign_in('alice')).status_code in {403, 503}
    assert (await Person(provider).sign_in('alice')).status_code in {403, 503}
    await settle()
    assert '/revoke' not in provider.requests
    assert (await person.sign_in('bob')).status_code in {403, 503}
    await revoked(provider)


async def test_a_hook_that_fails_signs_nobody_in_and_offers_to_try_again(
    provider: RecordingProvider, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.login = fail
    person = Person(provider)
    failed = await person.sign_in('alice')
    assert (failed.status_code, 'login_hook_failed' in failed.text, 'Try again' in failed.text) == (503, True, True)
    assert 'database' not in failed.text
    assert 'ValueError: the database is locked' in caplog.text
    assert not [secret for secrets in provider.secrets.values() for secret in secrets if secret in caplog.text]
    await revoked(provider)
    hooked.login = lambda _: None
    assert (await person.sign_in('alice')).status_code == 303


async def test_a_hook_that_hangs_signs_nobody_in(
    provider: RecordingProvider, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def hang(_: Known) -> None:
        await asyncio.get_running_loop().create_future()

    hooked.login = hang
    person = Person(provider)
    signing_in = asyncio.create_task(person.sign_in('alice'))
    await hooked.until('login', 'alice', 'None')
    await clock.advance(9)
    assert not signing_in.done()
    await clock.advance(1)
    assert (await signing_in).status_code == 503
    assert 'it took longer than 10 s' in caplog.text
    assert await sessions('alice', provider) == []


async def test_a_forbidden_claim_signs_nobody_in(provider: RecordingProvider, caplog: pytest.LogCaptureFixture) -> None:
    hooked.login = lambda _: {'sub': 'bob'}
    assert (await Person(provider).sign_in('alice')).status_code == 503
    assert 'it may not set sub: only the provider says that' in caplog.text
    assert await sessions('bob', provider) == []


async def browser_id(person: Person) -> str:
    """The browser's id, which it gets with its first page."""
    await person.get('/')
    return str(person.http.cookies[COOKIE]).split('.', 1)[0]


async def silent_answer(person: Person, provider: RecordingProvider) -> str:
    """Where a visitor's page goes whose browser is known at the provider, once the frame was answered."""
    frame, context = HttpFrame(provider), hooked.auth.context
    await frame.sign_in_at_provider('alice')
    (asked,) = context.providers
    browser = await browser_id(person)
    path = await FramedSignIn(asked, context.store, context.clock, browser, '/').silent(frame)
    assert path
    return path


@pytest.mark.parametrize(('hook', 'level'), [(refuse, logging.INFO), (fail, logging.WARNING)])
async def test_a_sign_in_that_nobody_asked_for_is_stopped_quietly_and_not_tried_again_at_once(
    provider: RecordingProvider, caplog: pytest.LogCaptureFixture, hook: Callable[[Known], NoReturn], level: int
) -> None:
    caplog.set_level(logging.INFO)
    hooked.login = hook
    person = Person(provider)
    answer = await silent_answer(person, provider)
    back = await person.get(answer)
    assert (back.status_code, place(back)) == (303, '/')
    assert 'Hello stranger' in (await person.get('/')).text
    assert [record.levelno for record in caplog.records if 'silent sign-in failed' in record.message] == [level]
    context = hooked.auth.context
    record = await context.store.browser(await browser_id(person))
    assert record
    assert not record.may_look_for_session(context.clock.now())
    await revoked(provider)


async def test_one_that_nobody_asked_for_is_told_like_any_other(provider: RecordingProvider) -> None:
    hooked.login = lambda _: {'roles': ['tenant-7']}
    person = Person(provider)
    await person.get(await silent_answer(person, provider))
    assert hooked.told == [('login', 'alice', 'None')]
    assert 'tenant-7' in (await person.get('/')).text


@pytest.mark.parametrize('return_to', ['/', '/signed-in'], ids=['interactive', 'popup'])
async def test_it_is_asked_at_every_sign_in_of_the_same_person_too(provider: RecordingProvider, return_to: str) -> None:
    person = await Person.signed_in(provider)
    await person.sign_in('alice', return_to)
    assert hooked.told == [('login', 'alice', 'None')] * 2


async def test_a_sign_in_that_is_broken_off_in_a_hook_leaves_no_tokens_behind(provider: RecordingProvider) -> None:
    async def hang(_: Known) -> None:
        await asyncio.get_running_loop().create_future()

    hooked.login = hang
    signing_in = asyncio.create_task(Person(provider).sign_in('alice'))
    await hooked.until('login', 'alice', 'None')
    signing_in.cancel()
    await revoked(provider)


async def test_a_hook_may_end_the_other_sessions_of_a_person(provider: RecordingProvider) -> None:
    first = await Person.signed_in(provider)

    async def only_here(person: Known) -> None:
        await hooked.auth.sign_out(person.issuer, person.sub)

    hooked.login = only_here
    second = await Person.signed_in(provider)
    await hooked.until('logout', 'alice', 'Alice Adams', 'signed_out_by_admin')
    assert 'Hello Alice Adams' in (await second.get('/')).text
    assert 'Hello stranger' in (await first.get('/')).text
    await second.sign_in('alice')
    assert 'Hello Alice Adams' in (await second.get('/')).text


async def ended(reason: str) -> None:
    """It was told so, and nothing else."""
    await hooked.until('logout', 'alice', 'Alice Adams', reason)
    await settle()
    assert [words for words in hooked.told if words[0] == 'logout'] == [('logout', 'alice', 'Alice Adams', reason)]


async def test_a_logout_is_told_once(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    form = await person.form()
    await asyncio.gather(*(person.copy().log_out(form) for _ in range(3)))
    await ended('session_ended')


async def test_a_logout_with_a_page_open_is_told_once_and_no_page_is_there(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    user = await opened(person, '/')
    await person.log_out()
    await user.should_see('You are no longer logged in here')
    await ended('session_ended')


async def test_all_sessions_that_an_administrator_ends_are_told(provider: RecordingProvider) -> None:
    await Person.signed_in(provider)
    await Person.signed_in(provider)
    assert await hooked.auth.sign_out(provider.issuer, 'demo|alice') == 2
    await hooked.until('logout', 'alice', 'Alice Adams', 'signed_out_by_admin')
    await hooked.auth.context.hooks.close()
    assert [words[3] for words in hooked.told if words[0] == 'logout'] == ['signed_out_by_admin'] * 2


async def test_a_device_that_is_logged_out_elsewhere_is_told(provider: RecordingProvider) -> None:
    await Person.signed_in(provider)
    (session,) = await sessions('alice', provider)
    assert await hooked.auth.context.registry.end_one(session.id, SignedOutElsewhere)
    assert not await hooked.auth.context.registry.end_one(session.id, SignedOutElsewhere)
    await ended('signed_out_elsewhere')


async def test_a_limit_is_told_when_the_browser_comes_back(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    clock.set(clock.now() + 700)
    await asyncio.gather(*(person.copy().get('/') for _ in range(3)))
    await ended('session_idle')


async def test_a_limit_is_told_at_once_where_a_page_is_open(provider: RecordingProvider, clock: FakeClock) -> None:
    person = await Person.signed_in(provider)
    await opened(person, '/')
    await clock.advance(700)
    await ended('session_idle')


async def test_another_person_in_the_same_browser_ends_the_session_of_the_one_before(
    provider: RecordingProvider,
) -> None:
    person = await Person.signed_in(provider)
    await person.sign_in('bob')
    await ended('another_user')
    assert hooked.told[0][:2] == ('login', 'alice')


async def test_the_same_person_who_signs_in_again_goes_on(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    await person.sign_in('alice')
    await hooked.auth.context.hooks.close()
    assert [words[0] for words in hooked.told] == ['login', 'login']


async def test_a_session_of_a_provider_that_is_not_used_any_more_is_told(provider: RecordingProvider) -> None:
    person = await Person.signed_in(provider)
    (session,) = await sessions('alice', provider)
    store = hooked.auth.context.store
    assert await store.replace(session, session.changed(issuer='https://gone.example', provider='gone'))
    await person.get('/')
    await person.get('/')
    await ended('provider_gone')


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
