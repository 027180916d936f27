from __future__ import annotations

import httpx
import pytest

from app.oidc.endpoints.userinfo import check_userinfo
from tests.clock import FakeClock
from tests.demo.conftest import ISSUER, TOKEN_LIFETIME, Browser, MakeDemo

PROFILE = {'name', 'given_name', 'family_name', 'nickname', 'picture', 'roles', 'groups'}


def is_refused(response: httpx.Response) -> bool:
    """RFC 6750 §3."""
    return response.status_code == 401 and response.headers['WWW-Authenticate'] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    ('scope', 'names'),
    [
        pytest.param('openid', set(), id='openid'),
        pytest.param('openid profile', PROFILE, id='profile'),
        pytest.param('openid email', {'email', 'email_verified'}, id='email'),
    ],
)
async def test_it_tells_what_the_scope_entitles_to(alice: Browser, scope: str, names: set[str]) -> None:
    document = (await alice.userinfo((await alice.tokens(scope=scope))['access_token'])).json()
    assert check_userinfo(document, 'demo|alice').keys() == {'sub', *names}


async def test_it_may_be_posted_to(alice: Browser) -> None:
    headers = {'Authorization': f'bearer {(await alice.tokens())["access_token"]}'}
    assert (await alice.http.post(f'{ISSUER}/userinfo', headers=headers)).json()['sub'] == 'demo|alice'


@pytest.mark.parametrize('age', [TOKEN_LIFETIME - 1, TOKEN_LIFETIME + 1])
async def test_an_expired_token_is_refused(alice: Browser, clock: FakeClock, age: int) -> None:
    token = (await alice.tokens())['access_token']
    clock.set(clock.now() + age)
    assert is_refused(await alice.userinfo(token)) == (age > TOKEN_LIFETIME)


@pytest.mark.parametrize(
    'header', ['', 'Bearer', 'Bearer ', 'Bearer x', 'Bearer a.b.c', 'Bearer e30.e30.e30', 'Basic YTpi', 'Bearer \xe9']
)
async def test_what_is_no_token_is_refused(browser: Browser, header: str) -> None:
    request = browser.http.build_request('GET', f'{ISSUER}/userinfo')
    request.headers = httpx.Headers([(b'Authorization', header.encode('latin-1'))])
    assert is_refused(await browser.http.send(request))


async def test_no_header_at_all_is_refused(browser: Browser) -> None:
    assert is_refused(await browser.http.get(f'{ISSUER}/userinfo'))


async def test_a_token_of_another_key_is_refused(alice: Browser, make_demo: MakeDemo) -> None:
    other = Browser(make_demo())
    await other.click('alice')
    assert is_refused(await alice.userinfo((await other.tokens())['access_token']))


async def test_a_tampered_token_is_refused(alice: Browser) -> None:
    header, _, signature = (await alice.tokens())['access_token'].split('.')
    await alice.click('bob')
    payload = (await alice.tokens())['access_token'].split('.')[1]
    assert is_refused(await alice.userinfo(f'{header}.{payload}.{signature}'))


async def test_an_id_token_is_no_access_token(alice: Browser) -> None:
    assert is_refused(await alice.userinfo((await alice.tokens())['id_token']))
