"""A session's token on the requests of any `httpx` client: whom it is sent to, and whose refusal renews it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from app.api.bearer_auth import BearerAuth
from app.renewal.live_session import LiveSession
from tests.renewal import conftest
from tests.renewal.conftest import SignedIn

alice, scope = conftest.alice, conftest.scope  # a session that can be renewed

URL = 'https://api.example.com/v1'


class Web:
    """Some addresses, which answer as `answers` says; `tokens` is what each was sent, by address."""

    def __init__(self) -> None:
        self.answers: dict[str, httpx.Response] = {}
        self.tokens: list[tuple[str, str | None]] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.tokens.append((str(request.url), request.headers.get('Authorization')))
        return self.answers.get(str(request.url)) or httpx.Response(200)


@pytest.fixture
def web() -> Web:
    return Web()


@pytest.fixture
def live(alice: SignedIn) -> LiveSession:
    return alice.live()


@pytest.fixture
async def client(web: Web, live: LiveSession) -> AsyncIterator[httpx.AsyncClient]:
    """A client that somebody made carelessly: it follows redirects, and has the token on whatever it sends."""
    auth = BearerAuth(live, httpx.URL(URL))
    async with httpx.AsyncClient(transport=httpx.MockTransport(web.handle), auth=auth, follow_redirects=True) as client:
        yield client


def bearer(live: LiveSession) -> str:
    return f'Bearer {live.session.tokens.access_token}'


async def test_the_token_goes_to_each_address_of_the_api(
    client: httpx.AsyncClient, web: Web, live: LiveSession
) -> None:
    for url in (f'{URL}/private', 'https://api.example.com:443/v2', 'https://API.example.com/'):
        await client.get(url)
    assert [token for _, token in web.tokens] == [bearer(live)] * 3


@pytest.mark.parametrize(
    'url',
    [
        'https://evil.example/v1',
        'https://api.example.com.evil.example/v1',
        'https://api.example.com:8443/v1',
        'http://api.example.com/v1',
    ],
)
@pytest.mark.parametrize('status', [200, 401])
async def test_the_token_goes_nowhere_else(
    client: httpx.AsyncClient, web: Web, live: LiveSession, url: str, status: int
) -> None:
    web.answers[url] = httpx.Response(status)
    await client.get(url)
    assert web.tokens == [(url, None)]
    assert live.session.renewals == 0


async def test_a_refusal_by_somebody_else_whom_a_redirect_led_to_renews_nothing(
    client: httpx.AsyncClient, web: Web, live: LiveSession
) -> None:
    evil = 'https://evil.example/'
    web.answers = {URL: httpx.Response(302, headers={'Location': evil}), evil: httpx.Response(401)}
    assert (await client.get(URL)).status_code == 401
    assert web.tokens == [(URL, bearer(live)), (evil, None)]
    assert live.session.renewals == 0


async def test_a_refusal_by_the_api_itself_renews_once_and_repeats_once(
    client: httpx.AsyncClient, web: Web, live: LiveSession
) -> None:
    web.answers[URL] = httpx.Response(401)
    old = bearer(live)
    assert (await client.get(URL)).status_code == 401
    assert web.tokens == [(URL, old), (URL, bearer(live))]
    assert live.session.renewals == 1
