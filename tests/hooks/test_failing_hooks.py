"""Hooks that raise, hang, or give what cannot be: what becomes of whoever waits, and what the log says."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any, NoReturn

import pytest

from app.errors import LoginHookFailed
from app.hooks.person import Person
from app.sessions.session import Session
from tests.clock import FakeClock
from tests.hooks.conftest import SECONDS, Hooking, never
from tests.sessions.test_session import SECRETS


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
