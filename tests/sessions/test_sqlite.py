from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AnotherBrowser, StoreFailed
from app.sessions.session import ABANDONED_AFTER, Ending
from app.sessions.sqlite import SqliteSessionStore
from tests.clock import START
from tests.keeping import keep
from tests.sessions.conftest import Open
from tests.sessions.examples import LOGOUT, alice, authorization, execute
from tests.sessions.test_session import grant


async def test_a_session_comes_back_as_it_was(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    assert await store.load(session.id) == session


@pytest.mark.parametrize('id', ['', 'made up', '\N{SNOWMAN}', "' OR 1=1 --"])
async def test_an_unknown_id_has_no_session(store: SqliteSessionStore, id: str) -> None:
    await keep(store, alice())
    assert await store.load(id) is None
    assert await store.end(id, LOGOUT) is None


async def test_a_renewed_session_takes_the_place_of_the_old_one(store: SqliteSessionStore) -> None:
    old = alice()
    new = old.renewed(grant(number=1, expires_in=None, refresh_token=None), 'iframe')
    await keep(store, old)
    assert await store.replace(old, new)
    assert await store.load(old.id) == new


async def test_of_two_renewals_of_the_same_session_one_wins(open_store: Open) -> None:
    old = alice()
    news = [old.renewed(grant(number=number), 'iframe') for number in (1, 2)]
    stores = [await open_store(), await open_store()]
    await keep(stores[0], old)
    outcomes = await asyncio.gather(*(store.replace(old, new) for store, new in zip(stores, news, strict=True)))
    assert sorted(outcomes) == [False, True]
    assert await stores[0].load(old.id) == news[outcomes.index(True)]


async def test_a_stale_session_replaces_nothing(store: SqliteSessionStore) -> None:
    first = alice()
    second = first.renewed(grant(number=1), 'iframe')
    await keep(store, first)
    await store.replace(first, second)
    assert not await store.replace(first, first.renewed(grant(number=2), 'iframe'))
    assert await store.load(first.id) == second


async def test_a_late_renewal_does_not_sign_the_user_back_in(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    await store.end(session.id, LOGOUT)
    assert not await store.replace(session, session.renewed(grant(number=1), 'iframe'))
    over = await store.load(session.id)
    assert over is not None
    assert not await store.replace(over, over.changed(ended=None))
    assert (await store.load(session.id)) == over


async def test_ending_a_session_tells_which_it_was_once(store: SqliteSessionStore) -> None:
    session, other = alice(), alice()
    await keep(store, session)
    await keep(store, other)
    assert await store.end(session.id, LOGOUT) == session
    assert await store.end(session.id, LOGOUT) is None
    assert await store.load(other.id) == other


async def test_an_ended_session_says_why_and_has_nothing_left_to_use(store: SqliteSessionStore) -> None:
    session, ending = alice(), Ending('session_idle', START)
    await keep(store, session)
    assert await store.end(session.id, ending) == session
    over = await store.load(session.id)
    assert over is not None
    assert (over.ended, over.subject, over.claims) == (ending, session.subject, {})
    assert (over.tokens.access_token, over.tokens.id_token, over.tokens.refresh_token) == ('', '', None)


async def test_an_ended_session_is_not_brought_back_nor_ended_again(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    await store.end(session.id, Ending('session_ended', START))
    assert not await store.replace(session, session.changed(renewals=1))
    assert await store.end(session.id, Ending('session_idle', START)) is None
    over = await store.load(session.id)
    assert over is not None
    assert over.ended == Ending('session_ended', START)


async def test_a_session_that_is_ended_twice_at_once_is_told_to_one(open_store: Open) -> None:
    session, stores = alice(), [await open_store(), await open_store()]
    await keep(stores[0], session)
    outcomes = await asyncio.gather(*(store.end(session.id, LOGOUT) for store in stores * 3))
    assert [outcome for outcome in outcomes if outcome] == [session]


async def test_abandoned_sessions_are_forgotten_when_the_next_one_begins(store: SqliteSessionStore, path: Path) -> None:
    abandoned, renewed, now = alice(), alice(), START + ABANDONED_AFTER + 1
    for session in (abandoned, renewed):
        await keep(store, session)
    await store.replace(renewed, renewed.renewed(grant(number=1, requested_at=START + 10), 'iframe'))
    await keep(store, alice(now))
    assert await store.load(abandoned.id) is None
    assert await store.load(renewed.id) is not None
    assert execute(path, 'SELECT count(*) FROM sessions') == [(2,)]


async def test_a_sign_in_comes_back_as_it_was_once(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization())
    assert await store.claim_authorization('the-state', 'the-browser', START) == authorization()
    assert await store.claim_authorization('the-state', 'the-browser', START) is None


async def test_an_unknown_state_finishes_nothing(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization())
    assert await store.claim_authorization('another-state', 'the-browser', START) is None
    assert await store.claim_authorization('the-state', 'the-browser', START) is not None


@pytest.mark.parametrize(('age', 'there'), [(599.9, True), (600, False), (601, False)])
async def test_a_sign_in_may_take_ten_minutes(store: SqliteSessionStore, age: float, there: bool) -> None:
    await store.begin_authorization(authorization())
    assert (await store.claim_authorization('the-state', 'the-browser', START + age) is not None) == there


async def test_expired_sign_ins_are_forgotten(store: SqliteSessionStore, path: Path) -> None:
    await store.begin_authorization(authorization())
    await store.begin_authorization(authorization('another-state', expires_at=START + 1200))
    assert execute(path, 'SELECT count(*) FROM authorizations') == [(1,)]


async def test_another_browser_cannot_finish_a_sign_in_nor_spoil_it(store: SqliteSessionStore) -> None:
    await store.begin_authorization(authorization())
    for browser in ('another-browser', ''):
        with pytest.raises(AnotherBrowser):
            await store.claim_authorization('the-state', browser, START)
    assert await store.claim_authorization('the-state', 'the-browser', START) == authorization()


async def test_a_browser_can_have_several_authorizations_at_once(store: SqliteSessionStore) -> None:
    begun = [authorization(f'state-{number}', return_to=f'/{number}') for number in range(5)]
    await asyncio.gather(*(store.begin_authorization(each) for each in begun))
    for each in reversed(begun):
        assert await store.claim_authorization(each.request.state, 'the-browser', START) == each


@pytest.mark.parametrize('processes', [1, 2])
async def test_a_sign_in_that_is_finished_many_times_at_once_has_one_winner(open_store: Open, processes: int) -> None:
    stores = [await open_store() for _ in range(processes)]
    await stores[0].begin_authorization(authorization())
    attempts = [store.claim_authorization('the-state', 'the-browser', START) for store in stores * 10]
    assert [outcome for outcome in await asyncio.gather(*attempts) if outcome] == [authorization()]


async def test_an_id_that_is_taken_is_not_taken_over(store: SqliteSessionStore) -> None:
    session = alice()
    await keep(store, session)
    with pytest.raises(StoreFailed):
        await keep(store, replace(session, subject='mallory'))
    assert await store.load(session.id) == session
