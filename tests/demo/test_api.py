"""The demo API: who may read, who may write, and each way in which a token is refused."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from app.demo.api import MAX_BODY, MAX_MESSAGES, MAX_TEXT, DemoApi
from app.demo.bearer import Bearer
from app.errors import ProviderUnreachable
from app.oidc.keys import REFETCH_INTERVAL, KeySet
from tests.clock import FakeClock

ISSUER = 'http://localhost:9000/demo'
AUDIENCE = f'{ISSUER}/api'
READ, WRITE, BOTH = 'read:messages', 'write:messages', 'openid read:messages write:messages'


@pytest.fixture(scope='module')
def keys() -> dict[str, RSAPrivateKey]:
    """The provider's, the one that it rotates to, and a stranger's."""
    return {name: generate_private_key(65537, 2048) for name in ('first', 'second', 'stranger')}


@dataclass
class Served:
    """The API, with the keys that the provider publishes; `fetches` counts how often it asked for them."""

    keys: dict[str, RSAPrivateKey]
    clock: FakeClock
    published: list[str] = field(default_factory=lambda: ['first'])
    fetches: int = 0
    is_reachable: bool = True

    def __post_init__(self) -> None:
        self.bearer = Bearer(ISSUER, AUDIENCE, KeySet(self._jwks, self.clock), self.clock)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(DemoApi(self.bearer).app), base_url='http://localhost:9000'
        )

    async def _jwks(self) -> dict[str, Any]:
        self.fetches += 1
        await asyncio.sleep(0)
        if not self.is_reachable:
            raise ProviderUnreachable
        return {'keys': [self.jwk(kid) for kid in self.published]}

    def jwk(self, kid: str) -> dict[str, Any]:
        algorithm = jwt.algorithms.RSAAlgorithm
        return {**algorithm.to_jwk(self.keys[kid].public_key(), as_dict=True), 'kid': kid, 'alg': 'RS256', 'use': 'sig'}

    def token(
        self,
        *,
        by: str = 'first',
        kid: str | None = None,
        algorithm: str = 'RS256',
        key: Any = None,
        typ: str | None = 'at+jwt',
        **claims: Any,
    ) -> str:
        """Alice's, good in every respect but for what is said; a claim that is None is left out."""
        now = int(self.clock.now())
        good = {'iss': ISSUER, 'aud': AUDIENCE, 'sub': 'demo|alice', 'client_id': 'app', 'iat': now, 'exp': now + 60}
        payload = {**good, 'jti': 'one', 'scope': BOTH, **claims}
        present = {name: value for name, value in payload.items() if value is not None}
        headers = {'kid': kid or by, 'typ': typ}
        return jwt.encode(present, self.keys[by] if key is None else key, algorithm, headers=headers)

    async def get(self, token: str) -> httpx.Response:
        return await self.http.get('/private', headers={'Authorization': f'Bearer {token}'})

    async def post(self, content: bytes, token: str | None = None) -> httpx.Response:
        headers = {'Authorization': f'Bearer {token or self.token()}'}
        return await self.http.post('/messages', content=content, headers=headers)


@pytest.fixture
async def served(keys: dict[str, RSAPrivateKey], clock: FakeClock) -> AsyncIterator[Served]:
    served = Served(keys, clock)
    yield served
    await served.http.aclose()


async def test_public_is_for_everybody(served: Served) -> None:
    response = await served.http.get('/public')
    assert response.status_code == 200
    assert served.fetches == 0


async def test_private_says_who_asks(served: Served) -> None:
    response = await served.get(served.token(sub='demo|bob', scope=READ))
    assert response.status_code == 200
    assert response.json() == {'you': {'sub': 'demo|bob', 'name': 'Bob Brown'}, 'scope': READ, 'messages': []}


async def test_what_alice_posts_bob_reads(served: Served) -> None:
    response = await served.post('{"text": " Hello <b>Bob</b>, ÄÖÜ "}'.encode())
    assert response.status_code == 201
    read = (await served.get(served.token(sub='demo|bob', scope=READ))).json()
    assert [(message['author'], message['text']) for message in read['messages']] == [
        ('Alice Adams', 'Hello <b>Bob</b>, ÄÖÜ')
    ]


@pytest.mark.parametrize('typ', ['AT+JWT', 'application/at+jwt'])
async def test_both_names_of_the_type_are_accepted(served: Served, typ: str) -> None:
    assert (await served.get(served.token(typ=typ))).status_code == 200


Bad = Callable[[Served], str]
PUBLIC_PEM = 'the public key, which everybody knows, as a secret for HS256'


@pytest.mark.parametrize(
    ('bad', 'words'),
    [
        pytest.param(lambda api: api.token(by='stranger', kid='first'), 'signature', id='another key under our kid'),
        pytest.param(lambda api: api.token(by='stranger'), 'does not publish', id='another key'),
        pytest.param(lambda api: api.token(algorithm='none', key='', kid='first'), 'RS256', id='alg none'),
        pytest.param(lambda api: api.token(algorithm='HS256', key=PUBLIC_PEM, kid='first'), 'RS256', id='alg HS256'),
        pytest.param(lambda api: api.token(algorithm='RS512'), 'RS256', id='alg RS512'),
        pytest.param(lambda api: api.token(iss='https://evil.example'), 'somebody else', id='other iss'),
        pytest.param(lambda api: api.token(iss=f'{ISSUER}/'), 'somebody else', id='iss with a slash'),
        pytest.param(lambda api: api.token(iss=None), 'lacks a claim', id='no iss'),
        pytest.param(lambda api: api.token(aud='app'), 'another audience', id='other aud'),
        pytest.param(lambda api: api.token(aud=None), 'lacks a claim', id='no aud'),
        pytest.param(lambda api: api.token(typ='JWT', aud='app'), 'another type', id='the ID token'),
        pytest.param(lambda api: api.token(typ='JWT'), 'another type', id='no access token'),
        pytest.param(lambda api: api.token(typ=None), 'another type', id='no typ'),
        pytest.param(lambda api: api.token(exp=int(api.clock.now()) - 1), 'expired', id='expired'),
        pytest.param(lambda api: api.token(exp=None), 'lacks a claim', id='no exp'),
        pytest.param(lambda api: api.token(exp='soon'), 'makes no sense', id='exp is a text'),
        pytest.param(lambda api: api.token(iat=int(api.clock.now()) + 600), 'not valid yet', id='from the future'),
        pytest.param(lambda api: api.token(nbf=int(api.clock.now()) + 600), 'not valid yet', id='for the future'),
        pytest.param(lambda api: api.token(jti=None), 'lacks a claim', id='no jti'),
        pytest.param(lambda api: api.token(client_id=None), 'lacks a claim', id='no client_id'),
        pytest.param(lambda api: api.token(sub=None), 'lacks a claim', id='no sub'),
        pytest.param(lambda api: api.token(iat=None), 'lacks a claim', id='no iat'),
        pytest.param(lambda api: 'garbage', 'no JWT', id='garbage'),
        pytest.param(lambda api: 'a.b.c', 'no JWT', id='three dots'),
        pytest.param(lambda api: f'{urlsafe_b64encode(b"[" * 9999).decode()}.b.c', 'no JWT', id='a deep header'),
        pytest.param(lambda api: api.token()[:-4] + 'AAAA', 'signature', id='tampered'),
    ],
)
async def test_a_bad_token_is_refused_in_words(served: Served, bad: Bad, words: str) -> None:
    response = await served.get(bad(served))
    assert response.status_code == 401
    assert response.json()['error'] == 'invalid_token'
    assert words in response.json()['error_description']
    assert 'error="invalid_token"' in response.headers['WWW-Authenticate']
    assert response.headers['WWW-Authenticate'].startswith('Bearer realm="demo API", ')


@pytest.mark.parametrize('header', ['', 'Bearer', 'Bearer ', 'Basic YTpi'])
async def test_no_token_is_asked_for_one_without_an_error_code(served: Served, header: str) -> None:
    """RFC 6750 §3.1."""
    response = await served.http.get('/private', headers={'Authorization': header})
    assert response.status_code == 401
    assert response.headers['WWW-Authenticate'] == 'Bearer realm="demo API"'
    assert 'access token' in response.json()['error_description']


@pytest.mark.parametrize(
    'scope', ['openid read:messages', 'write:messages2', '', None, ['write:messages'], 'Write:messages']
)
async def test_a_missing_scope_is_named(served: Served, scope: Any) -> None:
    response = await served.post(b'{"text": "Hello"}', served.token(scope=scope))
    assert response.status_code == 403
    assert 'error="insufficient_scope"' in response.headers['WWW-Authenticate']
    assert f'scope="{WRITE}"' in response.headers['WWW-Authenticate']
    assert WRITE in response.json()['error_description']
    assert (await served.get(served.token())).json()['messages'] == []


@pytest.mark.parametrize(
    ('content', 'words'),
    [
        pytest.param(b'', 'no JSON', id='nothing'),
        pytest.param(b'hello', 'no JSON', id='no JSON'),
        pytest.param(b'\xff', 'no JSON', id='no UTF-8'),
        pytest.param(b'[' * 4000, 'no JSON', id='deep'),
        pytest.param(b'["text"]', 'must be', id='a list'),
        pytest.param(b'{}', 'must be', id='no text'),
        pytest.param(b'{"text": 5}', 'must be', id='a number'),
        pytest.param(b'{"text": "  "}', 'must be', id='spaces'),
        pytest.param(b'{"text": "%s"}' % (b'a' * (MAX_TEXT + 1)), 'longer', id='long'),
        pytest.param(b'{"text": "%s"}' % (b'a' * MAX_BODY), 'longer', id='longer'),
        pytest.param(b'{"text": "a\\u0000b"}', 'control characters', id='NUL'),
        pytest.param(b'{"text": "\\ud800"}', 'control characters', id='half a character'),
    ],
)
async def test_nonsense_is_no_message(served: Served, content: bytes, words: str) -> None:
    response = await served.post(content)
    assert response.status_code == 400
    assert words in response.json()['error_description']
    assert (await served.get(served.token())).json()['messages'] == []


async def test_the_oldest_messages_make_place(served: Served) -> None:
    for number in range(MAX_MESSAGES + 2):
        await served.post(b'{"text": "%d"}' % number)
    texts = [message['text'] for message in (await served.get(served.token())).json()['messages']]
    assert texts == [str(number) for number in range(2, MAX_MESSAGES + 2)]


async def test_the_keys_are_fetched_once_for_all_who_ask(served: Served) -> None:
    responses = await asyncio.gather(*(served.get(served.token()) for _ in range(5)))
    assert {response.status_code for response in responses} == {200}
    await served.get(served.token())
    assert served.fetches == 1


async def test_a_rotated_key_is_fetched_at_once(served: Served) -> None:
    old = served.token()
    assert (await served.get(old)).status_code == 200
    served.published = ['second']
    assert (await served.get(served.token(by='second'))).status_code == 200
    assert (await served.get(old)).status_code == 401
    assert served.fetches == 2


async def test_unknown_keys_do_not_make_it_ask_all_the_time(served: Served, clock: FakeClock) -> None:
    for number in range(5):
        assert (await served.get(served.token(by='stranger', kid=str(number)))).status_code == 401
    assert served.fetches == 2
    await clock.advance(REFETCH_INTERVAL)
    await served.get(served.token(by='stranger'))
    assert served.fetches == 3
    assert (await served.get(served.token())).status_code == 200


async def test_a_token_that_cannot_be_checked_is_not_called_bad(served: Served) -> None:
    served.is_reachable = False
    response = await served.get(served.token())
    assert response.status_code == 503
    assert response.json()['error'] == 'temporarily_unavailable'
    served.is_reachable = True
    assert (await served.get(served.token())).status_code == 200


async def test_a_key_set_that_is_none_is_a_failure_of_the_provider(served: Served) -> None:
    served.published = []
    assert (await served.get(served.token())).status_code == 503


async def test_a_revoked_token_is_refused_and_no_other(served: Served) -> None:
    served.bearer.revoke(served.token(jti='revoked'))
    response = await served.get(served.token(jti='revoked'))
    assert response.status_code == 401
    assert 'revoked' in response.json()['error_description']
    assert (await served.get(served.token(jti='another'))).status_code == 200


async def test_what_was_revoked_is_forgotten_when_it_has_expired(served: Served) -> None:
    now = int(served.clock.now())
    served.bearer.revoke(served.token(jti='old', iat=now - 100, exp=now - 50))
    served.bearer.revoke(served.token(jti='new'))
    assert set(served.bearer._revoked) == {'new'}
