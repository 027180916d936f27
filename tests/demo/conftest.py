"""The demo provider under /demo, as the app mounts it, and a browser that is also the relying party."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import httpx
import jwt
import pytest
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.routing import Mount

from app.demo.demo import Demo
from app.demo.messages import Client
from app.demo.provider import DemoProvider
from app.settings import Settings
from tests.clock import FakeClock
from tests.provider import WITH_TIME

ISSUER = 'http://localhost:9000/demo'
APP = 'http://localhost:9000'  # that the demo is mounted in
OURS: dict[str, Any] = {'client_id': 'stay-signed-in', 'redirect_uri': f'{APP}/callback'}
CLIENT: dict[str, Any] = {'client_id': 'stay-signed-in'}
REDIRECT_URI = 'http://localhost:8080/callback'
REDIRECT_URI_WITH_QUERY = 'http://localhost:8080/callback?tenant=a'
SIGNED_OUT_URI = 'http://localhost:8080/'
PUBLIC, CONFIDENTIAL, OTHER, SIGNING = 'public', 'confidential', 'other', 'signing'
CLIENT_SECRET = 'not-a-secret-anywhere'
TOKEN_LIFETIME = 120

# RFC 7636, appendix B.
VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

AUTHORIZATION = {
    'response_type': 'code',
    'client_id': PUBLIC,
    'redirect_uri': REDIRECT_URI,
    'scope': 'openid profile email',
    'state': 'the state',
    'nonce': 'the nonce',
    'code_challenge': CHALLENGE,
    'code_challenge_method': 'S256',
}
OFFLINE = 'openid profile email offline_access'

MakeDemo = Callable[..., DemoProvider]


@dataclass(frozen=True)
class AuthorizationAnswer:
    """Where the browser was sent, and what it was given on the way."""

    redirect_uri: str
    query: dict[str, str]
    fragment: dict[str, str]

    @classmethod
    def of(cls, response: httpx.Response) -> AuthorizationAnswer:
        assert response.status_code == 303, response.text
        url = httpx.URL(response.headers['Location'])
        query, fragment = dict(parse_qsl(url.query.decode())), dict(parse_qsl(url.fragment))
        return cls(str(url.copy_with(query=None, fragment=None)), query, fragment)


class Page(HTMLParser):
    """The elements of a page, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden inputs, by name."""
        return {str(field['name']): field['value'] or '' for field in self.all('input') if field['type'] == 'hidden'}


class Browser:
    """One browser, with its cookies; parameters that are None are left out.

    With `http`, it is that of another one, at another provider.
    """

    def __init__(self, demo: DemoProvider | Demo, issuer: str = ISSUER, http: httpx.AsyncClient | None = None) -> None:
        app = Starlette(routes=[Mount('/demo', demo.app)])
        self.issuer = issuer
        self.http = http or httpx.AsyncClient(transport=httpx.ASGITransport(app))

    async def authorize(self, **params: str | None) -> httpx.Response:
        return await self.http.get(f'{self.issuer}/authorize', params=_present({**AUTHORIZATION, **params}))

    async def push(self, basic: tuple[str, str] | None = None, **params: str | None) -> httpx.Response:
        """A pushed authorization request."""
        auth = httpx.BasicAuth(*basic) if basic else httpx.Auth()
        return await self.http.post(f'{self.issuer}/par', data=_present({**AUTHORIZATION, **params}), auth=auth)

    async def answer(self, **params: str | None) -> AuthorizationAnswer:
        return AuthorizationAnswer.of(await self.authorize(**params))

    async def click(self, person: str, request: str = '') -> httpx.Response:
        """A click on the sign-in page."""
        return await self.http.post(f'{self.issuer}/sign-in', data={'person': person, 'request': request})

    async def choose(self, page: httpx.Response, **choice: str) -> httpx.Response:
        """A click on this page, and what the browser gets to see then."""
        request = Page(page.text).hidden['request']
        clicked = await self.http.post(f'{self.issuer}/sign-in', data={'request': request, **choice})
        assert clicked.status_code == 303, clicked.text
        return await self.http.get(clicked.headers['Location'])

    async def code(self, **params: str | None) -> str:
        return (await self.answer(prompt='none', **params)).query['code']

    async def redeem(self, code: str, /, basic: tuple[str, str] | None = None, **params: str | None) -> httpx.Response:
        form = {'client_id': PUBLIC, 'redirect_uri': REDIRECT_URI, 'code': code, 'code_verifier': VERIFIER}
        return await self.token({'grant_type': 'authorization_code', **form, **params}, basic)

    async def refresh(
        self, refresh_token: str, /, basic: tuple[str, str] | None = None, **params: str | None
    ) -> httpx.Response:
        form = {'client_id': PUBLIC, 'refresh_token': refresh_token}
        return await self.token({'grant_type': 'refresh_token', **form, **params}, basic)

    async def token(self, form: dict[str, str | None], basic: tuple[str, str] | None = None) -> httpx.Response:
        auth = httpx.BasicAuth(*basic) if basic else httpx.Auth()
        return await self.http.post(f'{self.issuer}/token', data=_present(form), auth=auth)

    async def tokens(self, **params: str | None) -> dict[str, Any]:
        """The token response for a new code."""
        response = await self.redeem(await self.code(**params))
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def claims(self, token: str, audience: str = PUBLIC) -> dict[str, Any]:
        """The claims of a JWT that a key of the provider signed; times are for the test to check."""
        keys = jwt.PyJWKSet.from_dict((await self.http.get(f'{self.issuer}/jwks')).json())
        return jwt.decode(
            token,
            keys[jwt.get_unverified_header(token)['kid']],
            algorithms=['RS256'],
            audience=audience,
            issuer=self.issuer,
            options={'verify_exp': False, 'verify_iat': False, 'require': ['iss', 'sub', 'aud', 'exp', 'iat']},
        )

    async def userinfo(self, access_token: str) -> httpx.Response:
        return await self.http.get(f'{self.issuer}/userinfo', headers={'Authorization': f'Bearer {access_token}'})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The provider's clock; `set` moves it."""
    clock = FakeClock()
    for module in WITH_TIME:
        monkeypatch.setattr(f'app.demo.{module}.time', SimpleNamespace(time=clock.now))
    return clock


@pytest.fixture(scope='session')
def keys() -> list[RSAKey]:
    """Made once, since each takes as long as a test."""
    return [RSAKey.generate_key(2048) for _ in range(3)]


@pytest.fixture(scope='session')
def client_key() -> ECKey:
    """The key of the client that signs what it authenticates by."""
    return ECKey.generate_key('P-256')


@pytest.fixture
def make_demo(
    clock: FakeClock, keys: list[RSAKey], client_key: ECKey, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeDemo]:
    """Starts a provider; a second one over the same folder is the first after a restart."""
    unused = iter(keys)
    monkeypatch.setattr('app.demo.keys.RSAKey.generate_key', lambda _size: next(unused))
    started: list[DemoProvider] = []

    def make(
        data_dir: Path | None = None,
        secret: bytes = b'secret',
        lifetime: int = TOKEN_LIFETIME,
        issuer: str = ISSUER,
        **options: Any,
    ) -> DemoProvider:
        uris = (REDIRECT_URI, REDIRECT_URI_WITH_QUERY)
        clients = [
            Client(PUBLIC, uris, (SIGNED_OUT_URI,)),
            Client(OTHER, uris, ('http://localhost:8080/other',)),
            Client(CONFIDENTIAL, uris, (SIGNED_OUT_URI,), CLIENT_SECRET),
            Client(SIGNING, uris, (SIGNED_OUT_URI,), public_key=client_key.as_dict(private=False)),
        ]
        started.append(DemoProvider(issuer, clients, secret, lambda: lifetime, data_dir, **options))
        return started[-1]

    yield make
    for demo in started:
        demo.close()


@pytest.fixture
def demo(make_demo: MakeDemo) -> DemoProvider:
    return make_demo()


@pytest.fixture
async def demo_provider(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Demo]:
    """All of it, with its APIs, as the app has it."""

    async def get(url: str) -> dict[str, Any]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(mounted)) as http:
            return dict((await http.get(url)).json())

    demo_provider = Demo(Settings(base_url=APP, data_dir=tmp_path), get, clock)
    await demo_provider.open('k' * 32)
    mounted = Starlette(routes=[Mount('/demo', demo_provider.app)])
    yield demo_provider
    demo_provider.close()


@pytest.fixture
async def browser(demo: DemoProvider) -> AsyncIterator[Browser]:
    """A browser that was never here before."""
    browser = Browser(demo)
    yield browser
    await browser.http.aclose()


@pytest.fixture
async def alice(browser: Browser) -> Browser:
    """A browser in which Alice is signed in at the provider."""
    await browser.click('alice')
    return browser


def posted_by(page: httpx.Response) -> dict[str, str]:
    """What the page that posts itself would send, and it goes where it has to."""
    assert page.status_code == 200, page.text
    form = Page(page.text).all('form')[0]
    assert (form['method'], form['action']) == ('post', REDIRECT_URI)
    return Page(page.text).hidden


def error_of(response: httpx.Response) -> str:
    """The error of a 400 or 401 that sends nobody anywhere."""
    assert response.status_code in {400, 401}, response.text
    assert 'Location' not in response.headers
    return str(json.loads(response.text)['error'])


def _present(params: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in params.items() if value is not None}
