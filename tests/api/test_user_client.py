"""A client with a person's token, as a page of the host uses it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.api.user_client import user_client
from app.errors import SessionEnded
from app.oidc.http import TIMEOUT
from app.renewal.events import Ended
from app.renewal.live_session import LiveSession
from tests.api.test_bearer_auth import Web, bearer
from tests.clock import FakeClock
from tests.provider import ISSUER
from tests.renewal import conftest
from tests.renewal.conftest import SignedIn

alice, scope = conftest.alice, conftest.scope  # a session that can be renewed

URL = 'https://api.example.com/v1'
OTHER_API = f'{ISSUER}/reports'
ELSEWHERE = 'https://evil.example/take'


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def live(alice: SignedIn) -> LiveSession:
    return alice.live()


def client(live: LiveSession, web: Web, url: str = URL, **options: Any) -> httpx.AsyncClient:
    return user_client(live, url, transport=httpx.MockTransport(web.handle), **options)


async def test_calls_go_below_the_base_url_with_the_token(live: LiveSession, web: Web) -> None:
    async with client(live, web) as api:
        await api.get('/things')
        await api.post('things', json={})
    assert web.tokens == [(f'{URL}/things', bearer(live))] * 2


async def test_it_is_closed_at_the_end_of_the_block(live: LiveSession, web: Web) -> None:
    async with client(live, web) as api:
        pass
    assert api.is_closed
    with pytest.raises(RuntimeError, match='closed'):
        await api.get('/things')


async def test_a_token_that_has_expired_is_renewed_first(live: LiveSession, web: Web, clock: FakeClock) -> None:
    old = bearer(live)
    await clock.advance(121)
    async with client(live, web) as api:
        assert (await api.get('/things')).status_code == 200
    assert web.tokens == [(f'{URL}/things', bearer(live))]
    assert bearer(live) != old


async def test_a_token_that_is_refused_is_renewed_once(live: LiveSession, web: Web) -> None:
    old, web.answers[f'{URL}/things'] = bearer(live), httpx.Response(401)
    async with client(live, web) as api:
        assert (await api.get('/things')).status_code == 401
    assert [token for _, token in web.tokens] == [old, bearer(live)]


async def test_after_a_logout_nothing_is_sent(live: LiveSession, web: Web) -> None:
    async with client(live, web) as api:
        live.send(Ended())
        with pytest.raises(SessionEnded):
            await api.get('/things')
    assert web.tokens == []


@pytest.mark.parametrize('target', [ELSEWHERE, 'https://api.example.com:8443/v1', 'http://api.example.com/v1'])
async def test_the_token_goes_nowhere_else(live: LiveSession, web: Web, target: str) -> None:
    async with client(live, web) as api:
        await api.get(target)
    assert web.tokens == [(target, None)]


async def test_a_redirect_is_not_followed_and_if_it_is_without_the_token(live: LiveSession, web: Web) -> None:
    web.answers[f'{URL}/things'] = httpx.Response(307, headers={'Location': ELSEWHERE})
    async with client(live, web) as api:
        assert (await api.post('/things', content='x')).status_code == 307
        assert web.tokens == [(f'{URL}/things', bearer(live))]
        await api.post('/things', content='x', follow_redirects=True)
    assert web.tokens[-1] == (ELSEWHERE, None)


async def test_it_waits_only_so_long_and_keeps_no_cookies(live: LiveSession, web: Web) -> None:
    web.answers[f'{URL}/things'] = httpx.Response(200, headers={'Set-Cookie': 'a=b'})
    async with client(live, web) as api:
        assert api.timeout == TIMEOUT
        await api.get('/things')
        assert list(api.cookies.jar) == []


@pytest.mark.parametrize('url', ['http://api.example.com', 'ftp://api.example.com', '/v1', '', 'https://', 'http://[x'])
async def test_a_token_goes_to_no_address_that_is_open_to_all(live: LiveSession, web: Web, url: str) -> None:
    with pytest.raises(ValueError, match=r'https unless|no URL'):
        client(live, web, url)


@pytest.mark.parametrize('url', ['http://localhost:9000/api', 'http://127.0.0.1:1', 'http://[::1]:1'])
async def test_an_api_on_this_machine_may_be_plain_http(live: LiveSession, web: Web, url: str) -> None:
    async with client(live, web, url) as api:
        assert not api.trust_env


async def test_another_audience_has_a_token_of_its_own_which_is_renewed_alone_after_a_refusal(
    live: LiveSession, web: Web
) -> None:
    own = live.session.tokens.access_token
    async with client(live, web, audience=OTHER_API) as api:
        await api.get('/items')
        first = live.session.audience_tokens[OTHER_API].access_token
        web.answers[f'{URL}/items'] = httpx.Response(401)
        await api.get('/items')
    second = live.session.audience_tokens[OTHER_API].access_token
    assert [sent for _, sent in web.tokens] == [f'Bearer {token}' for token in (first, first, second)]
    assert len({own, first, second}) == 3
    assert live.session.tokens.access_token == own
