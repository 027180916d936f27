"""How the hooks are called: in order, no longer than they may take, and what becomes of those that fail."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from app.errors import Denied, LoginHookFailed, SessionEnded
from app.hooks import hook_calls
from app.hooks.person import Person
from app.sessions.claims import MAX_CLAIMS, size_of
from app.sessions.session import Ending, Session
from tests.clock import START, FakeClock, settle
from tests.hooks.conftest import SECONDS, Hooking, never
from tests.sessions.test_session import SECRETS, grant

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


def fails(person: Person, reason: str = '') -> NoReturn:
    raise ValueError(f'no {SECRETS[0]} for {person.name}')


async def fails_later(person: Person, reason: str = '') -> NoReturn:
    await asyncio.sleep(0)
    fails(person)


def exits(person: Person, reason: str = '') -> NoReturn:
    sys.exit('bye')


async def exits_later(person: Person, reason: str = '') -> NoReturn:
    exits(person)


async def cancels_itself(person: Person, reason: str = '') -> None:
    raise asyncio.CancelledError


def stops(person: Person, reason: str = '') -> NoReturn:
    raise StopIteration


FAILING = [fails, fails_later, exits, exits_later, cancels_itself, stops]


@pytest.mark.parametrize('hook', FAILING, ids=lambda hook: hook.__name__)
async def test_one_that_fails_signs_nobody_in_and_the_log_says_where_without_a_token(
    auth: Hooking, session: Session, caplog: pytest.LogCaptureFixture, hook: Any
) -> None:
    auth.on_login(hook)
    with pytest.raises(LoginHookFailed, match=f'the on_login hook {hook.__name__} failed'):
        await auth.calls.login(session)
    assert [record.levelname for record in caplog.records] == ['ERROR']
    assert f'the on_login hook {hook.__name__} failed' in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


async def test_the_log_has_the_line_of_the_apps_code(
    auth: Hooking, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    auth.on_login(fails_later)
    with pytest.raises(LoginHookFailed):
        await auth.calls.login(session)
    assert 'ValueError: no … for Alice' in caplog.text
    assert 'in fails_later' in caplog.text


@pytest.mark.parametrize(
    ('returned', 'said'),
    [({'sub': 'bob'}, 'it may not set sub'), ({'x': {1}}, "the claim 'x' cannot be kept"), (True, 'and not bool')],
)
async def test_claims_that_cannot_be_sign_nobody_in(
    auth: Hooking, session: Session, caplog: pytest.LogCaptureFixture, returned: Any, said: str
) -> None:
    auth.on_login(lambda person: returned)
    with pytest.raises(LoginHookFailed):
        await auth.calls.login(session)
    assert said in caplog.text


async def test_one_that_hangs_is_waited_for_no_longer_than_it_may_take(
    auth: Hooking, session: Session, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    auth.on_login(never)
    signing_in = asyncio.create_task(auth.calls.login(session))
    await clock.advance(SECONDS - 1)
    assert not signing_in.done()
    await clock.advance(1)
    with pytest.raises(LoginHookFailed, match='TimeoutError'):
        await signing_in
    assert 'it took longer than 10 s' in caplog.text


async def test_not_even_one_that_does_not_let_itself_be_cancelled(
    auth: Hooking, session: Session, clock: FakeClock
) -> None:
    end = asyncio.Event()

    @auth.on_login
    async def stubborn(person: Person) -> None:
        while not end.is_set():
            try:
                await end.wait()
            except asyncio.CancelledError:
                continue

    signing_in = asyncio.create_task(auth.calls.login(session))
    await clock.advance(SECONDS)
    with pytest.raises(LoginHookFailed):
        await signing_in
    end.set()


async def test_a_plain_one_that_blocks_holds_up_neither_the_loop_nor_the_sign_in(
    auth: Hooking, session: Session, clock: FakeClock
) -> None:
    end, begun = threading.Event(), threading.Event()

    @auth.on_login
    def blocks(person: Person) -> None:
        begun.set()
        end.wait()

    signing_in = asyncio.create_task(auth.calls.login(session))
    await asyncio.to_thread(begun.wait)
    await clock.advance(SECONDS)
    with pytest.raises(LoginHookFailed):
        await signing_in
    end.set()


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


@pytest.mark.parametrize('hook', [*FAILING, never], ids=lambda hook: hook.__name__)
@pytest.mark.parametrize('kind', ['on_renewal', 'on_logout'])
async def test_behind_a_renewal_and_an_end_one_that_fails_takes_nothing_with_it(
    auth: Hooking, session: Session, clock: FakeClock, caplog: pytest.LogCaptureFixture, hook: Any, kind: str
) -> None:
    seen, later = [], asyncio.Event()

    async def next_one(person: Person, reason: str = '') -> None:
        seen.append((person.sub, reason))
        later.set()

    getattr(auth, kind)(hook)
    getattr(auth, kind)(next_one)
    if kind == 'on_renewal':
        auth.calls.renewed(session)
    else:
        auth.calls.ended(session, 'session_idle')
    assert seen == []  # nobody has waited for it
    if hook is never:
        await clock.advance(SECONDS)
    await later.wait()
    assert seen == [('alice', 'session_idle' if kind == 'on_logout' else '')]
    assert f'the {kind} hook {hook.__name__} failed' in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


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


async def test_claims_of_the_apps_own_count_before_all_others_and_last_as_long_as_the_session(
    auth: Hooking, session: Session
) -> None:
    auth.on_login(lambda person: {'roles': ['admin'], 'name': 'Ally', 'email': 'a@example.org'})
    after = await auth.calls.login(session)
    told: dict[str, Any] = {'name': 'Alice', 'email': 'alice@op', 'roles': ['viewer']}
    renewed = after.renewed(grant(number=1, **told), 'refresh_token').informed({'sub': 'alice', **told})
    for each in (after, renewed):
        assert {name: each.claims[name] for name in told} == {
            'roles': ['admin'],
            'name': 'Ally',
            'email': 'a@example.org',
        }
    over = renewed.over(Ending('session_ended', START))
    assert over.claims == over.app_claims == {}


async def test_there_is_room_for_them_whatever_the_provider_says(auth: Hooking, session: Session) -> None:
    auth.on_login(lambda person: {'roles': 'x' * 10_000})
    large: dict[str, Any] = {'groups': 'x' * (MAX_CLAIMS - 1_000)}
    after = await auth.calls.login(replace(session, id_claims={**session.id_claims, **large}))
    renewed = after.renewed(grant(number=1, **large), 'iframe')
    informed = after.informed({'sub': 'alice', **large})
    for each in (after, renewed, informed):
        assert each.claims['roles'] == 'x' * 10_000
        assert 'groups' not in each.claims
        assert size_of(each.claims) <= MAX_CLAIMS


async def test_the_provider_is_not_told_what_the_app_has_added(auth: Hooking, session: Session) -> None:
    auth.on_login(lambda person: {'login_hint': 'a secret of the app'})
    assert (await auth.calls.login(session)).logout_hint == 'alice'
