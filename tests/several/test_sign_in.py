"""Two providers at once: who signs in where is who, and where no answer of one counts for the other."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from app.app_context import AppContext
from app.devices.devices import sign_out
from tests.person import place
from tests.provider import APP_URL, RecordingProvider
from tests.several.conftest import ISSUERS
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller


def brought_to(url: str, path: str, **changes: str) -> str:
    """The same answer at another address, with other parameters."""
    return f'{APP_URL}{path}?{urlencode(dict(parse_qsl(urlsplit(url).query)) | changes)}'


async def nobody_was_asked(network: Network, refused: httpx.Response, code: str) -> None:
    assert code in refused.text
    assert refused.status_code == 400
    assert [sent for sent in network.sent if sent.path == '/token'] == []


@pytest.mark.parametrize('name', [HOME, WORK])
async def test_a_person_signs_in_at_each(person: Traveller, network: Network, name: str) -> None:
    assert place(await person.sign_in_at(name)) == '/'
    assert await person.name() == 'Alice Adams'
    assert {sent.to for sent in network.sent} == {name}


async def test_the_same_subject_at_both_is_two_people(person: Traveller, context: AppContext) -> None:
    other = Traveller(person.providers)
    await person.sign_in_at(HOME)
    await other.sign_in_at(WORK)
    found = [await context.store.sessions_of(issuer, 'demo|alice') for issuer in ISSUERS.values()]
    assert [[(session.issuer, session.provider) for session in sessions] for sessions in found] == [
        [(ISSUERS[HOME], HOME)],
        [(ISSUERS[WORK], WORK)],
    ]
    (first,), (second,) = found
    assert not first.is_same_person(second)
    assert first.owner != second.owner


async def test_who_signs_in_at_the_other_one_ends_the_session_that_the_browser_had(
    person: Traveller, context: AppContext
) -> None:
    await person.sign_in_at(HOME)
    await person.sign_in_at(WORK)
    assert await context.store.sessions_of(ISSUERS[HOME], 'demo|alice') == []
    assert len(await context.store.sessions_of(ISSUERS[WORK], 'demo|alice')) == 1


async def test_an_administrator_signs_out_one_of_the_two(person: Traveller, context: AppContext) -> None:
    other = Traveller(person.providers)
    await person.sign_in_at(HOME)
    await other.sign_in_at(WORK)
    assert await sign_out(context, ISSUERS[HOME], 'demo|alice') == 1
    assert await person.name() is None
    assert await other.name() == 'Alice Adams'


async def test_a_code_of_one_that_is_brought_to_the_other_s_redirect_uri_is_refused(
    person: Traveller, network: Network
) -> None:
    answer = await person.answer_of(HOME)
    assert urlsplit(answer).path == '/callback/home'
    await nobody_was_asked(network, await person.get(brought_to(answer, '/callback/work')), 'mixed_up')
    assert await person.name() is None


@pytest.mark.parametrize(('name', 'other'), [(HOME, WORK), (WORK, HOME)])
async def test_an_answer_that_says_it_is_the_other_one_s_is_refused(
    person: Traveller, network: Network, name: str, other: str
) -> None:
    """RFC 9207 §2.4."""
    answer = await person.answer_of(name)
    refused = await person.get(brought_to(answer, f'/callback/{name}', iss=ISSUERS[other]))
    await nobody_was_asked(network, refused, 'invalid_response')
    assert await person.name() is None


async def test_a_redirect_uri_of_no_provider_is_none(person: Traveller, network: Network) -> None:
    answer = await person.answer_of(HOME)
    await nobody_was_asked(network, await person.get(brought_to(answer, '/callback/another')), 'mixed_up')


async def test_a_provider_that_fails_leaves_the_other_one_alone(person: Traveller, work: RecordingProvider) -> None:
    work.answer('/.well-known/openid-configuration', status=503)
    failed = await person.get('/login', provider=WORK)
    assert failed.status_code >= 500
    await person.sign_in_at(HOME)
    assert await person.name() == 'Alice Adams'


async def test_an_answer_in_the_fragment_is_read_at_each_redirect_uri(person: Traveller) -> None:
    """Which no server sees: the page asks once more, in the query."""
    for path in ('/callback/home', '/callback/work'):
        assert 'location.replace("?" + location.hash.slice(1))' in (await person.get(path)).text
