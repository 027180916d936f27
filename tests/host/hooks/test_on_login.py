"""`on_login`: who is let in, and what becomes of the session and the tokens of who is not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NoReturn

import pytest

from app.errors import Denied
from app.hooks.person import Person as Known
from app.renewal.framed_sign_in import FramedSignIn
from tests.clock import FakeClock, settle
from tests.host import hooked
from tests.host.hooks.conftest import sessions
from tests.person import Person, place
from tests.provider import HttpFrame, RecordingProvider

pytestmark = pytest.mark.usefixtures('host')
WHY = 'Your account <b>is blocked</b>.'
COOKIE = 'stay_signed_in_browser_8080'


def refuse(_: Known) -> NoReturn:
    raise Denied(WHY)


def fail(_: Known) -> NoReturn:
    raise ValueError('the database is locked')


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
