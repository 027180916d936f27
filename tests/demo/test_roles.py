"""The roles of the demo's people, and what becomes of one that is taken away."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo.provider import DemoProvider
from app.sessions.roles import RolesFound, roles_of
from tests.demo.conftest import OFFLINE, PUBLIC, Browser

ALICE = {'admin', 'editor', 'staff', 'engineering'}


async def id_token_claims(browser: Browser, **params: Any) -> dict[str, Any]:
    return await browser.claims((await browser.tokens(**params))['id_token'])


async def userinfo_claims(browser: Browser, **params: Any) -> dict[str, Any]:
    return dict((await browser.userinfo((await browser.tokens(**params))['access_token'])).json())


@pytest.mark.parametrize('claims', [id_token_claims, userinfo_claims])
@pytest.mark.parametrize(('person', 'expected'), [('alice', ALICE), ('bob', {'viewer', 'staff'})])
async def test_the_roles_are_in_the_usual_places(
    browser: Browser, claims: Any, person: str, expected: set[str]
) -> None:
    await browser.click(person)
    assert roles_of(await claims(browser), None, PUBLIC) == RolesFound(frozenset(expected))


@pytest.mark.parametrize('claims', [id_token_claims, userinfo_claims])
async def test_without_the_scope_profile_nobody_hears_of_them(alice: Browser, claims: Any) -> None:
    assert not (await claims(alice, scope='openid')).keys() & {'roles', 'groups'}


@pytest.mark.parametrize('claims', [id_token_claims, userinfo_claims])
async def test_a_role_that_is_taken_away_is_missing_from_then_on_and_a_second_time_gives_it_back(
    demo: DemoProvider, alice: Browser, claims: Any
) -> None:
    demo.take_role('demo|alice')
    taken = await claims(alice)
    assert (taken['roles'], taken['groups']) == (['editor'], ['staff', 'engineering'])
    demo.take_role('demo|alice')
    assert (await claims(alice))['roles'] == ['admin', 'editor']


async def test_a_refresh_brings_the_person_without_it_too(demo: DemoProvider, alice: Browser) -> None:
    tokens = await alice.tokens(scope=OFFLINE)
    demo.take_role('demo|alice')
    refreshed = await alice.refresh(tokens['refresh_token'])
    assert (await alice.claims(refreshed.json()['id_token']))['roles'] == ['editor']


async def test_it_is_the_role_of_one_person_only(demo: DemoProvider, browser: Browser) -> None:
    demo.take_role('demo|bob')
    await browser.click('bob')
    assert (await userinfo_claims(browser))['roles'] == []
    await browser.click('alice')
    assert (await userinfo_claims(browser))['roles'] == ['admin', 'editor']
