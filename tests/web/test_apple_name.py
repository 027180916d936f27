"""The name that Apple's answer brings beside the code: untrusted, unreadable on its way, and kept with the session."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from nicegui import core

from app.web.apple.person_name import LONGEST_NAME, LONGEST_USER, names_in, with_names
from app.web.apple.sealed_name import LIFETIME, sealed, unsealed
from tests.clock import FakeClock
from tests.person import Person, place, query
from tests.provider import APP_URL, RecordingProvider

APPLE = 'https://appleid.apple.com'
ADA = {'name': {'firstName': 'Ada', 'lastName': 'Lovelace'}, 'email': 'ada@example.com'}
NAMES = {'given_name': 'Ada', 'family_name': 'Lovelace', 'name': 'Ada Lovelace'}


# What is taken of it


def said(**name: Any) -> str:
    return json.dumps({'name': name})


@pytest.mark.parametrize(
    ('user', 'names'),
    [
        (json.dumps(ADA), NAMES),
        (said(firstName='Ada'), {'given_name': 'Ada', 'name': 'Ada'}),
        (said(lastName='Lovelace'), {'family_name': 'Lovelace', 'name': 'Lovelace'}),
        (said(firstName='  A\tda\n'), {'given_name': 'A da', 'name': 'A da'}),
        (said(firstName='\u202eadA\u200b'), {'given_name': 'adA', 'name': 'adA'}),
        (said(firstName='李', lastName='小龙'), {'given_name': '李', 'family_name': '小龙', 'name': '李 小龙'}),
        (said(firstName='x' * 500), {'given_name': 'x' * LONGEST_NAME, 'name': 'x' * LONGEST_NAME}),
        (said(firstName=7, lastName=['x'], sub='bob', roles=['admin']), {}),
        (json.dumps({'name': 'Ada'}), {}),
        (json.dumps({'sub': 'bob', 'email': 'bob@example.com'}), {}),
        (json.dumps(ADA | {'more': 'x' * LONGEST_USER}), {}),
        ('[' * 1900, {}),
        ('[]', {}),
        ('{', {}),
        ('', {}),
    ],
)
def test_names_are_taken_and_nothing_else(user: str, names: dict[str, str]) -> None:
    assert names_in(user) == names


@pytest.mark.parametrize(
    ('userinfo', 'id_claims', 'issuer', 'expected'),
    [
        ({}, {'sub': 'a'}, APPLE, NAMES),
        ({'picture': 'p'}, {'sub': 'a'}, APPLE, {'picture': 'p', **NAMES}),
        ({}, {'sub': 'a', 'name': 'Signed'}, APPLE, {}),
        ({}, {'sub': 'a', 'family_name': 'Signed'}, APPLE, {}),
        ({'name': 'Asked'}, {'sub': 'a'}, APPLE, {'name': 'Asked'}),
        ({}, {'sub': 'a'}, 'https://login.example.com', {}),
        ({}, {'sub': 'a'}, f'{APPLE}/', {}),
        (None, {'sub': 'a'}, 'https://login.example.com', None),
    ],
)
def test_they_count_where_apple_signed_the_person_in_and_nobody_has_said_a_name(
    userinfo: Any, id_claims: dict[str, str], issuer: str, expected: Any
) -> None:
    assert with_names(userinfo, id_claims, NAMES, issuer) == expected
    assert with_names(userinfo, id_claims, {}, issuer) == userinfo


# On its way


@pytest.fixture
def at_apple(monkeypatch: pytest.MonkeyPatch, provider: RecordingProvider) -> None:
    """The test's provider passes for Apple: it says no name of its own, and has no userinfo endpoint."""
    monkeypatch.setattr('app.web.apple.person_name.APPLE', provider.issuer)
    monkeypatch.setenv('OIDC_SCOPE', 'openid')
    endpoints = {'authorization_endpoint': 'authorize', 'token_endpoint': 'token', 'jwks_uri': 'jwks'}
    document = {name: f'{provider.issuer}/{path}' for name, path in endpoints.items()}
    provider.answer('/.well-known/openid-configuration', {'issuer': provider.issuer, **document})


async def posted(answer: str, user: str) -> httpx.Response:
    """What a browser gets that posts Apple's form, without any cookie."""
    headers = {'Content-Type': 'application/x-www-form-urlencoded', 'Origin': APPLE}
    async with httpx.AsyncClient(base_url=APP_URL, transport=httpx.ASGITransport(core.app)) as browser:
        return await browser.post('/callback', content=f'{answer}&{urlencode({"user": user})}', headers=headers)


async def answer_for(person: Person) -> str:
    return urlsplit(await person.callback_url('alice')).query


@pytest.fixture
def person(at_apple: None, app: None, provider: RecordingProvider) -> Person:
    return Person(provider)


async def is_called(person: Person, name: str) -> bool:
    return name in (await person.get('/')).text


async def test_a_name_that_is_posted_is_what_the_person_is_called(person: Person) -> None:
    sent_on = await posted(await answer_for(person), json.dumps(ADA))
    assert 'set-cookie' not in sent_on.headers
    signed_in = await person.get(sent_on.headers['Location'])
    assert (signed_in.status_code, place(signed_in)) == (303, '/')
    assert await is_called(person, 'Ada Lovelace')
    assert not await is_called(person, 'ada@example.com')


async def test_nobody_who_reads_the_url_reads_the_name(person: Person) -> None:
    sent_on = await posted(await answer_for(person), json.dumps(ADA))
    url = sent_on.headers['Location']
    assert query(url).keys() >= {'code', 'state', 'user'}
    for word in ('Ada', 'Lovelace', 'example.com', 'given_name'):
        assert word not in url
    assert len(url) < 1500


async def test_a_form_without_a_name_is_sent_on_as_any_other(person: Person) -> None:
    for user in ('{}', 'nonsense', json.dumps({'email': 'ada@example.com'})):
        sent_on = await posted(await answer_for(person), user)
        assert 'user' not in query(sent_on.headers['Location'])


@pytest.mark.parametrize('value', ['', 'x', 'gAAAAA', json.dumps(ADA), 'é'])
async def test_a_name_that_we_have_not_sealed_is_none(person: Person, value: str) -> None:
    answer = await answer_for(person)
    signed_in = await person.get(f'{APP_URL}/callback?{answer}&{urlencode({"user": value})}')
    assert place(signed_in) == '/'
    assert not await is_called(person, 'Lovelace')


async def test_a_name_counts_for_its_own_answer_only(person: Person, provider: RecordingProvider) -> None:
    mallory = Person(provider)
    theirs = (await posted(await answer_for(mallory), json.dumps(ADA))).headers['Location']
    answer = await answer_for(person)
    signed_in = await person.get(f'{APP_URL}/callback?{answer}&{urlencode({"user": query(theirs)["user"]})}')
    assert place(signed_in) == '/'
    assert not await is_called(person, 'Lovelace')


async def test_a_name_counts_for_a_minute(clock: FakeClock) -> None:
    app: Any = SimpleNamespace(clock=clock, secret_key=lambda: 'k' * 32)
    value = sealed(app, NAMES, 'the-state')
    assert unsealed(app, value, 'the-state') == NAMES
    await clock.advance(LIFETIME - 1)
    assert unsealed(app, value, 'the-state') == NAMES
    await clock.advance(1)
    assert unsealed(app, value, 'the-state') == {}


@pytest.mark.usefixtures('app')
async def test_at_another_provider_nobody_gives_themselves_a_name(provider: RecordingProvider) -> None:
    person = Person(provider)
    sent_on = await posted(await answer_for(person), json.dumps(ADA))
    assert place(await person.get(sent_on.headers['Location'])) == '/'
    assert await person.name() == 'Alice Adams'
    assert not await is_called(person, 'Lovelace')
