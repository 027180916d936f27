"""Where a link to sign in leads where there are several providers."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.person import place, query
from tests.provider import APP_URL, RecordingProvider
from tests.several.conftest import ISSUERS
from tests.several.network import HOME, WORK, Network
from tests.several.person import Traveller, shown

FORM = {'Content-Type': 'application/x-www-form-urlencoded'}


def provider_asked(answer: httpx.Response) -> str | None:
    """The name of the provider that the browser is sent to; None if it is not sent to any."""
    location = answer.headers.get('Location', '')
    return next((name for name, issuer in ISSUERS.items() if location.startswith(f'{issuer}/authorize?')), None)


async def test_a_link_that_names_a_provider_leads_there(person: Traveller) -> None:
    for name, issuer in ISSUERS.items():
        answer = await person.get('/login', provider=name)
        assert provider_asked(answer) == name
        assert query(answer.headers['Location'])['redirect_uri'] == f'{APP_URL}/callback/{name}'
        assert issuer in answer.headers['Location']


async def test_a_link_without_one_leads_to_the_choice_which_leads_back_to_the_same_place(person: Traveller) -> None:
    answer = await person.get('/login', return_to='/profile?x=1#y', prompt='login')
    assert place(answer).startswith('/login/choose?')
    page = await person.get(answer.headers['Location'])
    assert page.status_code == 200
    assert f'{APP_URL}/login?return_to=%2Fprofile%3Fx%3D1%23y&prompt=login&provider=work"' in shown(page)


@pytest.mark.parametrize('name', ['another', '', 'HOME', 'home,work', '../home'])
async def test_a_link_with_a_provider_that_there_is_not_leads_to_the_choice(person: Traveller, name: str) -> None:
    answer = await person.get('/login', provider=name)
    assert place(answer).startswith('/login/choose?')
    page = (await person.get(answer.headers['Location'])).text
    assert 'provider=home' in page
    assert 'provider=another' not in page


async def test_who_is_signed_in_goes_to_their_own_unless_they_are_asked_who_they_are(person: Traveller) -> None:
    await person.sign_in_at(WORK)
    assert provider_asked(await person.get('/login')) == WORK
    assert provider_asked(await person.get('/login', provider=HOME)) == HOME
    assert place(await person.get('/login', prompt='login')).startswith('/login/choose?')


async def test_who_has_logged_out_chooses_again(person: Traveller) -> None:
    await person.sign_in_at(WORK)
    await person.log_out()
    assert place(await person.get('/login')).startswith('/login/choose?')


async def test_what_failed_is_tried_again_at_the_same_provider(person: Traveller, work: RecordingProvider) -> None:
    work.answer('/.well-known/openid-configuration', status=503)
    failed = await person.get('/login', return_to='/profile', provider=WORK)
    assert '/login?return_to=%2Fprofile&provider=work' in shown(failed)


async def test_who_was_refused_by_one_may_choose_another_one(person: Traveller) -> None:
    answer = await person.answer_of(WORK)
    refused = await person.get(f'{APP_URL}/callback/work', error='access_denied', state=query(answer)['state'])
    assert '/login?return_to=%2F"' in shown(refused)


# A sign-in that is begun elsewhere (OpenID Connect Core §4)


async def test_another_site_names_the_provider_by_its_issuer(person: Traveller) -> None:
    for name, issuer in ISSUERS.items():
        assert provider_asked(await person.get('/login', iss=issuer)) == name
        assert provider_asked(await person.http.head('/login', params={'iss': issuer})) == name


@pytest.mark.parametrize('issuer', ['http://localhost:9001/', 'https://evil.example', ''])
async def test_an_issuer_that_is_not_ours_to_the_letter_is_none(
    person: Traveller, network: Network, issuer: str
) -> None:
    assert place(await person.get('/login', iss=issuer)).startswith('/login/choose?')
    assert network.sent == []


@pytest.mark.parametrize(
    ('target', 'path'),
    [
        (f'{APP_URL}/profile?x=1', '/profile?x=1'),
        (f'{APP_URL}/', '/'),
        (f'{APP_URL}.evil.example/profile', '/'),
        (f'{APP_URL}@evil.example/profile', '/'),
        (f'{APP_URL}//evil.example', '/'),
        (f'{APP_URL}/\\evil.example', '/'),
        ('https://evil.example/profile', '/'),
        ('//evil.example', '/'),
        ('javascript:alert(1)', '/'),
    ],
)
async def test_it_leads_to_a_page_of_this_app_only(person: Traveller, target: str, path: str) -> None:
    login = await person.get('/login', iss=ISSUERS[HOME], target_link_uri=target)
    request = urlsplit(login.headers['Location']).query
    clicked = await person.http.post(f'{ISSUERS[HOME]}/sign-in', data={'person': 'alice', 'request': request})
    callback = (await person.get(clicked.headers['Location'])).headers['Location']
    assert place(await person.get(callback)) == path


async def test_it_may_be_begun_by_a_form_of_which_nothing_else_is_taken(person: Traveller, network: Network) -> None:
    sent = {'iss': ISSUERS[WORK], 'target_link_uri': f'{APP_URL}/profile', 'login_hint': 'a@example.com', 'prompt': 'x'}
    answer = await person.http.post('/login', data=sent, headers={'Sec-Fetch-Site': 'cross-site'})
    assert (answer.status_code, answer.headers.get('Set-Cookie')) == (303, None)
    url = urlsplit(place(answer))
    assert (url.path, set(parse_qs(url.query))) == ('/login', {'iss', 'target_link_uri', 'login_hint'})
    assert network.sent == []
    assert provider_asked(await person.get(answer.headers['Location'])) == WORK


@pytest.mark.parametrize('kind', ['text/plain', 'multipart/form-data; boundary=x', 'application/json'])
async def test_nothing_but_a_form_begins_one(person: Traveller, kind: str) -> None:
    assert (await person.http.post('/login', content=b'iss=x', headers={'Content-Type': kind})).status_code == 400


async def test_a_form_that_is_too_large_is_not_read(person: Traveller) -> None:
    assert (await person.http.post('/login', content=b'iss=' + b'x' * 20_000, headers=FORM)).status_code == 400
