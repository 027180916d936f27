"""How the hooks are called: in order, no longer than they may take, and what becomes of those that fail."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from app.errors import Denied, SessionEnded
from app.hooks import hook_calls
from app.hooks.person import Person
from app.sessions.session import Session
from tests.clock import settle
from tests.hooks.conftest import Hooking, never
from tests.sessions.test_session import SECRETS

PAGE: ContextVar[str] = ContextVar('page', default='none')


async def test_those_of_a_login_come_one_after_the_other_and_see_what_those_before_have_added(
    auth: Hooking, session: Session
) -> None:
    seen: list[Any] = []

    @auth.on_login
    async def first(person: Person) -> dict[str, Any]:
        await asyncio.sleep(0)
        seen.append((person.claims.get('team'), person.roles))
        return {'team': 'blue', 'roles': ['admin']}

    @auth.on_login
    def second(person: Person) -> dict[str, Any]:
        seen.append((person.claims.get('team'), person.roles))
        return {'team': 'red'}

    @auth.on_login
    async def third(person: Person) -> None:
        seen.append((person.claims.get('team'), person.roles))

    after = await auth.calls.login(session)
    assert seen == [(None, {'viewer'}), ('blue', {'admin'}), ('red', {'admin'})]
    assert after.app_claims == {'team': 'red', 'roles': ['admin']}
    assert (after.id, after.revision, after.tokens) == (session.id, session.revision, session.tokens)


async def test_a_hook_gets_who_it_is_and_the_new_token(auth: Hooking, session: Session) -> None:
    got: list[Person] = []
    tokens: list[str] = []

    @auth.on_login
    async def login(person: Person) -> None:
        got.append(person)
        tokens.append(await person.access_token())

    await auth.calls.login(session)
    person = got[0]
    assert (person.issuer, person.sub, person.provider, person.name) == ('https://op', 'alice', 'work', 'Alice')
    assert sorted(person.roles) == ['viewer']
    assert sorted(person.scopes) == ['email', 'openid']
    assert tokens == ['the-access-token']
    assert not [secret for secret in SECRETS if secret in repr(person)]


async def test_what_a_hook_does_to_the_claims_that_it_gets_changes_nothing(auth: Hooking, session: Session) -> None:
    @auth.on_login
    async def login(person: Person) -> None:
        person.claims['roles'].append('admin')

    assert (await auth.calls.login(session)).claims['roles'] == ['viewer']


async def test_a_refusal_goes_on_to_nobody_after_it(auth: Hooking, session: Session) -> None:
    seen: list[str] = []

    @auth.on_login
    def login(person: Person) -> NoReturn:
        raise Denied('Ask for an account.')

    auth.on_login(lambda person: seen.append('later'))
    with pytest.raises(Denied, match=r'Ask for an account\.'):
        await auth.calls.login(session)
    assert seen == []


async def test_in_a_hook_there_is_nothing_of_the_page_that_brought_it_about(auth: Hooking, session: Session) -> None:
    seen: list[str] = []
    PAGE.set('of Bob')
    auth.on_login(lambda person: seen.append(PAGE.get()))

    @auth.on_login
    async def later(person: Person) -> None:
        seen.append(PAGE.get())

    await auth.calls.login(session)
    auth.on_logout(lambda person, reason: seen.append(PAGE.get()))
    auth.calls.ended(session, 'session_ended')
    await auth.calls.close()
    assert seen == ['none'] * 3


async def test_a_plain_one_that_gives_something_to_wait_for_is_waited_for(auth: Hooking, session: Session) -> None:
    async def look_up(person: Person) -> dict[str, Any]:
        return {'team': 'blue'}

    auth.on_login(lambda person: look_up(person))
    assert (await auth.calls.login(session)).claims['team'] == 'blue'


async def test_the_hooks_of_an_end_come_after_those_of_the_renewal_before_it(auth: Hooking, session: Session) -> None:
    seen: list[str] = []
    release, ended = asyncio.Event(), asyncio.Event()

    @auth.on_renewal
    async def renewal(person: Person) -> None:
        await release.wait()
        seen.append(f'renewal of {person.sub}')

    @auth.on_logout
    async def logout(person: Person, reason: str) -> None:
        seen.append(f'end of {person.sub}')
        ended.set()

    auth.calls.renewed(session)
    auth.calls.ended(session, 'session_ended')
    other = replace(session, id='other', subject='bob')
    auth.calls.ended(other, 'session_ended')
    await ended.wait()
    release.set()
    await auth.calls.close()
    assert seen == ['end of bob', 'renewal of alice', 'end of alice']


async def test_after_an_end_there_is_no_token_any_more(auth: Hooking, session: Session) -> None:
    outcomes: list[object] = []

    async def ask(person: Person, reason: str = '') -> None:
        try:
            outcomes.append(await person.access_token())
        except SessionEnded as error:
            outcomes.append(error.code)

    auth.on_renewal(ask)
    auth.on_logout(ask)
    auth.calls.renewed(session)
    auth.calls.ended(session, 'session_ended')
    await auth.calls.close()
    assert outcomes == ['the-access-token', 'session_ended']


async def test_the_end_of_the_process_waits_a_moment_and_no_longer(
    auth: Hooking, session: Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    async def logout(person: Person, reason: str) -> None:
        await settle()
        seen.append(reason)

    auth.on_logout(logout)
    auth.calls.ended(session, 'session_ended')
    await auth.calls.close()
    assert seen == ['session_ended']
    assert caplog.records == []

    monkeypatch.setattr(hook_calls, 'LAST_WORDS', 0.01)
    auth.on_logout(never)
    auth.calls.ended(session, 'session_ended')
    await auth.calls.close()
    assert 'hooks that were still under way are cut off: on_logout' in caplog.text
