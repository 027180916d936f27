"""Access tokens that are sent to this app as to an API: which are taken, and why the others are not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from app.api.access_tokens import AccessTokens, scopes_of
from app.api.token_refused import TokenRefused
from app.errors import ProviderUnreachable
from app.oidc.id_token import MAX_LENGTH
from app.oidc.keys import REFETCH_INTERVAL, KeySet
from tests.clock import START, FakeClock
from tests.oidc.documents import CLIENT_ID, ISSUER, id_token_claims
from tests.oidc.signer import signed_with_a_secret, signer, tampered, unsigned

API = 'https://api.example.com'
KEY, EC, STRANGER = signer(kid='one'), signer('ES256', kid='two'), signer(kid='one', owner='stranger')
Claims = dict[str, Any]


def changed(document: Claims, changes: Claims) -> Claims:
    return {name: value for name, value in (document | changes).items() if value is not None}


def rfc_9068(**changes: Any) -> Claims:
    good = {'iss': ISSUER, 'aud': API, 'sub': 'alice', 'client_id': 'cli', 'jti': '1', 'scope': 'read write'}
    return changed({**good, 'iat': START, 'exp': START + 300}, changes)


# As these providers make them, as far as it matters here.
KEYCLOAK: Claims = {
    'iss': ISSUER, 'aud': [API, 'account'], 'sub': 'f:1:alice', 'azp': CLIENT_ID, 'typ': 'Bearer', 'iat': START,
    'exp': START + 300, 'jti': 'x', 'sid': 's', 'scope': 'openid email', 'realm_access': {'roles': ['admin']},
}  # fmt: skip
AUTH0: Claims = {
    'iss': ISSUER, 'aud': [API, f'{ISSUER}/userinfo'], 'sub': 'auth0|1', 'azp': CLIENT_ID, 'iat': START,
    'exp': START + 300, 'scope': 'openid read', 'permissions': ['read'],
}  # fmt: skip
AUTH0_MACHINE: Claims = {
    'iss': ISSUER, 'aud': API, 'sub': 'm@clients', 'azp': 'm', 'iat': START, 'exp': START + 300,
    'gty': 'client-credentials',
}  # fmt: skip
ENTRA: Claims = {
    'iss': ISSUER, 'aud': API, 'sub': 'x', 'azp': CLIENT_ID, 'azpacr': '1', 'iat': START, 'nbf': START,
    'exp': START + 300, 'scp': 'read write', 'ver': '2.0', 'oid': 'o', 'tid': 't',
}  # fmt: skip
ENTRA_MACHINE: Claims = {name: value for name, value in ENTRA.items() if name != 'scp'} | {'roles': ['Read.All']}
OKTA: Claims = {
    'iss': ISSUER, 'aud': API, 'sub': 'a@b.c', 'cid': 'cli', 'uid': 'u', 'iat': START, 'exp': START + 300,
    'scp': ['read', 'openid'],
}  # fmt: skip
COGNITO: Claims = {
    'iss': ISSUER, 'aud': API, 'sub': 'x', 'client_id': 'cli', 'token_use': 'access', 'iat': START,
    'exp': START + 300, 'scope': 'read',
}  # fmt: skip


class Published:
    """The provider's keys; `fetches` is how often they were asked for."""

    def __init__(self) -> None:
        self.document: Any = {'keys': [KEY.jwk(), EC.jwk()]}
        self.fetches = 0

    async def fetch(self) -> Any:
        self.fetches += 1
        if isinstance(self.document, Exception):
            raise self.document
        return self.document


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def tokens(published: Published, clock: FakeClock) -> AccessTokens:
    return AccessTokens(ISSUER, [API], KeySet(published.fetch, clock), clock, client_id=CLIENT_ID)


async def refusal(tokens: AccessTokens, token: str, scope: str = '') -> TokenRefused:
    with pytest.raises(TokenRefused) as caught:
        await tokens.check(f'Bearer {token}', scope)
    return caught.value


@pytest.mark.parametrize('typ', ['at+jwt', 'AT+JWT', 'application/at+jwt'])
async def test_an_rfc_9068_token_is_taken(tokens: AccessTokens, typ: str) -> None:
    claims = await tokens.check(f'Bearer {KEY.sign(rfc_9068(), typ=typ)}', 'read write')
    assert claims == rfc_9068()


@pytest.mark.parametrize('typ', ['JWT', 'jwt', None])
@pytest.mark.parametrize(
    'claims',
    [
        pytest.param(KEYCLOAK, id='Keycloak'),
        pytest.param(AUTH0, id='Auth0'),
        pytest.param(AUTH0_MACHINE, id='Auth0, a machine'),
        pytest.param(ENTRA, id='Entra ID'),
        pytest.param(ENTRA_MACHINE, id='Entra ID, a machine'),
        pytest.param(OKTA, id='Okta'),
        pytest.param(COGNITO, id='Cognito'),
    ],
)
async def test_a_token_without_a_type_of_its_own_is_taken_by_its_marks(
    tokens: AccessTokens, claims: Claims, typ: str | None
) -> None:
    assert await tokens.check(f'Bearer {EC.sign(claims, typ=typ)}') == claims


@pytest.mark.parametrize('typ', ['JWT', None])
@pytest.mark.parametrize(
    'claims',
    [
        pytest.param(id_token_claims(), id='ours'),
        pytest.param(id_token_claims(aud=[CLIENT_ID, API], azp=CLIENT_ID), id='ours, for the API as well'),
        pytest.param(id_token_claims(aud=[CLIENT_ID, API], nonce=None, scope='read'), id='ours, with a scope'),
        pytest.param(id_token_claims(aud=API), id='of a client that is called as the API is'),
        pytest.param(id_token_claims(aud=API, nonce=None), id='of such a client, without nonce'),
        pytest.param(id_token_claims(aud=API, nonce=None, at_hash='x', scope='read'), id='with at_hash'),
        pytest.param(id_token_claims(aud=API, nonce=None, c_hash='x', scope='read'), id='with c_hash'),
        pytest.param(id_token_claims(aud=API, scope='read'), id='with nonce and scope'),
        pytest.param(id_token_claims(aud=API, nonce=None, typ='ID', scope='read'), id='of Keycloak'),
        pytest.param(id_token_claims(aud=API, nonce=None, token_use='id', scope='read'), id='of Cognito'),
        pytest.param(id_token_claims(aud=API, nonce=None, typ='Refresh', scope='read'), id='Keycloak, refresh'),
        pytest.param(id_token_claims(aud=API, nonce=None, events={}, scope='read'), id='a logout token'),
        pytest.param(id_token_claims(aud=API, nonce=None, typ='Bearer', token_use='id'), id='of two minds'),
    ],
)
async def test_an_id_token_is_never_taken(tokens: AccessTokens, claims: Claims, typ: str | None) -> None:
    error = await refusal(tokens, KEY.sign(claims, typ=typ))
    assert (error.status, error.error) == (401, 'invalid_token')
    assert 'may be an ID token' in error.description


@pytest.mark.parametrize('typ', ['dpop+jwt', 'logout+jwt', 'id_token+jwt', 'at+jwt2', 5])
async def test_a_token_of_another_type_is_refused(tokens: AccessTokens, typ: Any) -> None:
    assert 'another type' in (await refusal(tokens, KEY.sign(rfc_9068(), typ=typ))).description


def signed(**changes: Any) -> str:
    return KEY.sign(rfc_9068(**changes), typ='at+jwt')


SECRET = {'typ': 'at+jwt', 'kid': 'one'}


@pytest.mark.parametrize(
    ('token', 'words'),
    [
        pytest.param(lambda: unsigned(rfc_9068()), 'not signed', id='alg none'),
        pytest.param(lambda: signed_with_a_secret(rfc_9068(), KEY.pem(), **SECRET), 'not signed', id='alg HS256'),
        pytest.param(
            lambda: signed_with_a_secret(rfc_9068(), b'x', typ='at+jwt', alg=['RS256']),
            'not signed',
            id='alg is a list',
        ),
        pytest.param(lambda: STRANGER.sign(rfc_9068(), typ='at+jwt'), 'signature', id='a stranger’s key'),
        pytest.param(lambda: tampered(signed()), 'signature', id='tampered'),
        pytest.param(lambda: KEY.sign(rfc_9068(), typ='at+jwt', crit=['x'], x=1), 'no JWT', id='crit'),
        pytest.param(lambda: 'ory_at_YnVu.x', 'opaque', id='opaque'),
        pytest.param(lambda: 'a.b.c', 'no JWT', id='no JSON'),
        pytest.param(lambda: 'a.b.c.d.e', 'encrypted', id='encrypted'),
        pytest.param(lambda: 'a' * (MAX_LENGTH + 1), 'longer', id='long'),
        pytest.param(lambda: signed(iss='https://evil.example'), 'somebody else', id='iss'),
        pytest.param(lambda: signed(aud='https://other.example'), 'another audience', id='aud'),
        pytest.param(lambda: signed(aud=f'{API}/v2'), 'another audience', id='aud that begins so'),
        pytest.param(lambda: signed(aud={API: 1}), 'another audience', id='aud is an object'),
        pytest.param(lambda: signed(sub=5), 'whom it is about', id='sub is a number'),
        pytest.param(lambda: signed(exp=START - 60), 'expired', id='exp'),
        pytest.param(lambda: signed(exp=True), 'expired', id='exp is a bool'),
        pytest.param(lambda: signed(exp='soon'), 'makes no sense', id='exp is a text'),
        pytest.param(lambda: signed(iat=START + 61), 'not valid yet', id='iat'),
        pytest.param(lambda: signed(nbf=START + 61), 'not valid yet', id='nbf'),
        pytest.param(lambda: signed(nbf='x'), 'makes no sense', id='nbf is a text'),
        pytest.param(lambda: signed(cnf={'jkt': 'x'}), 'bound to a key', id='DPoP'),
        *(
            pytest.param(lambda name=name: signed(**{name: None}), rf'lacks .*\({name}\)', id=f'no {name}')
            for name in ('iss', 'sub', 'aud', 'exp', 'iat')
        ),
    ],
)
async def test_a_bad_token_is_refused_in_words(tokens: AccessTokens, token: Callable[[], str], words: str) -> None:
    error = await refusal(tokens, token())
    assert (error.status, error.error) == (401, 'invalid_token')
    with pytest.raises(TokenRefused, match=words):
        raise error


@pytest.mark.parametrize('changes', [{'exp': START - 59}, {'iat': START + 60}, {'nbf': START + 60}])
async def test_clocks_may_differ_by_the_skew(tokens: AccessTokens, changes: Claims) -> None:
    assert await tokens.check(f'Bearer {signed(**changes)}')


@pytest.mark.parametrize('scheme', ['Bearer', 'bearer', 'BEARER'])
async def test_the_scheme_is_no_matter_of_case(tokens: AccessTokens, scheme: str) -> None:
    assert await tokens.check(f'{scheme} {signed()}')


@pytest.mark.parametrize('header', ['', 'Bearer', 'Bearer ', 'Basic YTpi'])
async def test_no_token_has_no_error_code(tokens: AccessTokens, header: str) -> None:
    with pytest.raises(TokenRefused) as caught:
        await tokens.check(header)
    assert (caught.value.status, caught.value.error) == (401, None)
    assert caught.value.challenge('here') == 'Bearer realm="here"'


async def test_missing_scopes_are_named_and_no_others(tokens: AccessTokens) -> None:
    error = await refusal(tokens, signed(), 'read delete purge')
    assert (error.status, error.error, error.scope) == (403, 'insufficient_scope', 'delete purge')
    assert error.challenge('here') == (
        'Bearer realm="here", scope="delete purge", error="insufficient_scope", '
        'error_description="This needs the scope delete purge."'
    )


def test_what_a_header_cannot_have_is_replaced_in_the_challenge() -> None:
    assert TokenRefused(403, 'x', 'the “role" \\\r\nä').challenge('a"b') == (
        'Bearer realm="a?b", error="x", error_description="the ?role? ????"'
    )


@pytest.mark.parametrize(
    ('claims', 'scopes'),
    [
        ({'scope': 'a  b'}, {'a', 'b'}),
        ({'scope': ['a']}, set()),
        ({'scope': '', 'scp': 'a'}, set()),
        ({'scp': 'a b'}, {'a', 'b'}),
        ({'scp': ['a', 5, 'b c']}, {'a', 'b c'}),
        ({'scp': {'a': 1}}, set()),
        ({}, set()),
    ],
)
def test_the_scopes_of_a_token(claims: Claims, scopes: set[str]) -> None:
    assert scopes_of(claims) == scopes


async def test_one_of_several_audiences_is_enough(published: Published, clock: FakeClock) -> None:
    keys = KeySet(published.fetch, clock)
    tokens = AccessTokens(ISSUER, ['api://other', API], keys, clock, client_id=CLIENT_ID)
    assert await tokens.check(f'Bearer {signed()}')


async def test_without_an_audience_every_token_is_refused_and_the_log_says_so_once(
    published: Published, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    keys = KeySet(published.fetch, clock)
    tokens = AccessTokens(ISSUER, [], keys, clock, client_id=CLIENT_ID)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert 'takes no access tokens' in (await refusal(tokens, signed())).description
    assert [record.getMessage() for record in caplog.records if 'OIDC_AUDIENCE' in record.getMessage()] == [
        'access tokens are refused: OIDC_AUDIENCE does not say which ones are meant for this API'
    ]
    assert published.fetches == 0


async def test_an_api_that_wants_the_type_takes_no_general_one(published: Published, clock: FakeClock) -> None:
    tokens = AccessTokens(ISSUER, [API], KeySet(published.fetch, clock), clock, client_id=None)
    assert 'at+jwt' in (await refusal(tokens, KEY.sign(AUTH0))).description


async def test_keys_are_fetched_anew_for_an_unknown_one_and_not_too_often(
    tokens: AccessTokens, published: Published, clock: FakeClock
) -> None:
    for _ in range(5):
        await refusal(tokens, STRANGER.sign(rfc_9068(), typ='at+jwt', kid='new'))
    assert published.fetches == 2
    await clock.advance(REFETCH_INTERVAL)
    published.document = {'keys': [STRANGER.jwk(kid='new')]}
    assert await tokens.check(f'Bearer {STRANGER.sign(rfc_9068(), typ="at+jwt", kid="new")}')
    assert published.fetches == 3


async def test_a_token_that_cannot_be_checked_is_not_called_bad(tokens: AccessTokens, published: Published) -> None:
    published.document = ProviderUnreachable()
    with pytest.raises(ProviderUnreachable):
        await tokens.check(f'Bearer {signed()}')
