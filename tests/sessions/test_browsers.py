"""What the store knows of a browser, so that a logout ends all its sessions, and what was about to become one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.sessions.sqlite import MOST_AUTHORIZATIONS, SqliteSessionStore
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import Open
from tests.sessions.test_sqlite import alice, execute, sign_in


async def test_a_browser_is_forgotten_with_all_its_sessions_and_no_others(store: SqliteSessionStore) -> None:
    first, second, other = alice(), alice(), replace(alice(), browser='another browser')
    for session in (first, second, other):
        await keep(store, session)
    assert {session.id for session in await store.of_browser('browser')} == {first.id, second.id}
    assert {session.id for session in await store.forget_browser('browser')} == {first.id, second.id}
    assert await store.of_browser('browser') == []
    assert await store.load(other.id) == other


async def test_a_sign_in_that_was_forgotten_while_it_was_redeemed_makes_no_session(open_store: Open) -> None:
    store, other_process = open_store(), open_store()
    begun, session = sign_in(), replace(alice(), browser='the-browser')
    await store.begin_authorization(begun)
    claimed = await store.claim_authorization('the-state', 'the-browser', START)
    await other_process.forget_browser('the-browser')
    assert claimed == begun
    assert not await store.finish_authorization(begun, session)
    assert await store.load(session.id) is None


async def test_a_sign_in_makes_one_session(store: SqliteSessionStore) -> None:
    begun = sign_in()
    await store.begin_authorization(begun)
    assert not await store.finish_authorization(begun, alice())  # nobody has claimed it
    await store.claim_authorization('the-state', 'the-browser', START)
    assert await store.finish_authorization(begun, alice())
    assert not await store.finish_authorization(begun, alice())


async def test_one_browser_cannot_fill_the_store(store: SqliteSessionStore, path: Path) -> None:
    for number in range(MOST_AUTHORIZATIONS + 5):
        await store.begin_authorization(sign_in(f'state-{number}', expires_at=START + 600 + number))
    assert execute(path, 'SELECT count(*) FROM sign_ins')[0][0] <= MOST_AUTHORIZATIONS + 1
    assert await store.claim_authorization('state-0', 'the-browser', START) is None
    assert await store.claim_authorization(f'state-{MOST_AUTHORIZATIONS + 4}', 'the-browser', START) is not None
