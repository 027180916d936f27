"""What an ID token claims. Names in brackets are the conformance modules' (prefix `oidcc-client-test`)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import InvalidIdToken
from app.oidc.id_token import CLOCK_SKEW, Claims, check_claims
from tests.clock import START
from tests.oidc.documents import CLIENT_ID, ISSUER, id_token_claims

ACCESS_TOKEN = 'the-access-token'
ALGORITHMS = ['RS256', 'RS512', 'PS256', 'ES256', 'EdDSA']
HASHES: dict[str, Callable[[bytes], Any]] = {
    'RS256': hashlib.sha256,
    'RS512': hashlib.sha512,
    'PS256': hashlib.sha256,
    'ES256': hashlib.sha256,
    'EdDSA': hashlib.sha512,
}


def at_hash(access_token: str = ACCESS_TOKEN, algorithm: str = 'RS256') -> str:
    """OpenID Connect Core §3.1.3.6, written down once more."""
    digest = HASHES[algorithm](access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b'=').decode()


def check(claims: Claims, now: float = START, nonce: str | None = 'the-nonce', algorithm: str = 'RS256') -> Claims:
    return check_claims(
        claims,
        issuer=ISSUER,
        client_id=CLIENT_ID,
        now=now,
        nonce=nonce,
        access_token=ACCESS_TOKEN,
        algorithm=algorithm,
    )


def test_good_claims_are_given_back() -> None:
    assert check(id_token_claims(at_hash=at_hash(), name='Alice')) == id_token_claims(at_hash=at_hash(), name='Alice')


@pytest.mark.parametrize(
    'changes',
    [
        pytest.param({'aud': [CLIENT_ID]}, id='aud is a list'),
        pytest.param({'aud': [CLIENT_ID, 'api'], 'azp': CLIENT_ID}, id='several audiences with azp'),
        pytest.param({'azp': CLIENT_ID}, id='azp without need'),
        pytest.param({'auth_time': START - 0.25}, id='auth_time is a float'),
        pytest.param({'iat': START - 0.5, 'exp': START + 60.5}, id='moments are floats'),
        pytest.param({'nbf': START}, id='with nbf'),
        pytest.param({'sid': 'x', 'acr': '0', 'amr': ['pwd']}, id='with more claims'),
    ],
)
def test_what_providers_really_send_is_accepted(changes: Claims) -> None:
    assert check(id_token_claims(**changes))['sub'] == 'alice'


@pytest.mark.parametrize(
    ('changes', 'named'),
    [
        pytest.param({'iss': 'https://evil.example'}, 'iss', id='[invalid-iss]'),
        pytest.param({'iss': f'{ISSUER}/'}, 'iss', id='iss with a slash too many'),
        pytest.param({'iss': None}, 'iss', id='missing iss'),
        pytest.param({'sub': None}, 'sub', id='[missing-sub]'),
        pytest.param({'sub': ''}, 'sub', id='empty sub'),
        pytest.param({'sub': 42}, 'sub', id='sub is a number'),
        pytest.param({'aud': 'another-app'}, 'aud', id='[invalid-aud]'),
        pytest.param({'aud': None}, 'aud', id='[missing-aud]'),
        pytest.param({'aud': []}, 'aud', id='no audience'),
        pytest.param({'aud': ['another-app']}, 'aud', id='another audience in a list'),
        pytest.param({'aud': {CLIENT_ID: True}}, 'aud', id='aud is an object'),
        pytest.param({'aud': f'{CLIENT_ID}-2'}, 'aud', id='aud begins with ours'),
        pytest.param({'aud': [CLIENT_ID, 'api']}, 'azp', id='several audiences without azp'),
        pytest.param({'aud': [CLIENT_ID, 'api'], 'azp': 'api'}, 'azp', id='several audiences with another azp'),
        pytest.param({'azp': 'another-app'}, 'azp', id='another azp'),
        pytest.param({'azp': ''}, 'azp', id='empty azp'),
        pytest.param({'iat': None}, 'iat', id='[missing-iat]'),
        pytest.param({'iat': 'now'}, 'iat', id='iat is text'),
        pytest.param({'iat': -(10**400)}, 'iat', id='iat with 400 digits'),
        pytest.param({'exp': None}, 'exp', id='missing exp'),
        pytest.param({'exp': str(START + 300)}, 'exp', id='exp is text'),
        pytest.param({'exp': True}, 'exp', id='exp is a bool'),
        pytest.param({'exp': float('nan')}, 'exp', id='exp is NaN'),
        pytest.param({'exp': float('inf')}, 'exp', id='exp is Infinity'),
        pytest.param({'exp': 10**400}, 'exp', id='exp with 400 digits'),
        pytest.param({'nbf': 'now'}, 'nbf', id='nbf is text'),
        pytest.param({'nonce': 'another'}, 'nonce', id='[nonce-invalid]'),
        pytest.param({'nonce': None}, 'nonce', id='missing nonce'),
        pytest.param({'nonce': 42}, 'nonce', id='nonce is a number'),
        pytest.param({'nonce': '\ud800'}, 'nonce', id='nonce is half a surrogate pair'),
        pytest.param({'at_hash': 'x' * 22}, 'at_hash', id='[invalid-athash]'),
        pytest.param({'at_hash': at_hash('another')}, 'at_hash', id='at_hash of another token'),
        pytest.param({'at_hash': at_hash(algorithm='RS512')}, 'at_hash', id='at_hash of another algorithm'),
        pytest.param({'at_hash': ''}, 'at_hash', id='empty at_hash'),
        pytest.param({'at_hash': 42}, 'at_hash', id='at_hash is a number'),
    ],
)
@pytest.mark.tutorial_bug(7)
def test_a_missing_or_wrong_claim_is_refused_by_name(changes: Claims, named: str) -> None:
    with pytest.raises(InvalidIdToken, match=f'wrong {named}$'):
        check(id_token_claims(**changes))


@pytest.mark.parametrize('name', ['at_hash', 'nbf'])
def test_an_optional_claim_that_is_null_is_refused(name: str) -> None:
    with pytest.raises(InvalidIdToken, match=f'wrong {name}$'):
        check(id_token_claims() | {name: None})


@pytest.mark.tutorial_bug(9)
def test_the_nonce_of_another_request_is_refused() -> None:
    with pytest.raises(InvalidIdToken, match='nonce'):
        check(id_token_claims(nonce='the-nonce'), nonce='the-nonce-of-this-request')


def test_a_nonce_is_not_looked_for_where_none_was_sent() -> None:
    """A refresh: OpenID Connect Core §12.2."""
    assert check(id_token_claims(nonce=None), nonce=None)


@pytest.mark.parametrize('algorithm', ALGORITHMS)
def test_at_hash_is_made_with_the_hash_of_the_signature(algorithm: str) -> None:
    assert check(id_token_claims(at_hash=at_hash(algorithm=algorithm)), algorithm=algorithm)
    with pytest.raises(InvalidIdToken, match='at_hash'):
        check(id_token_claims(at_hash=at_hash('another', algorithm)), algorithm=algorithm)


@pytest.mark.parametrize(
    ('changes', 'valid'),
    [
        pytest.param({'exp': START + 1}, True, id='expires soon'),
        pytest.param({'exp': START - CLOCK_SKEW + 1}, True, id='expired, within the skew'),
        pytest.param({'exp': START - CLOCK_SKEW}, False, id='expired by exactly the skew'),
        pytest.param({'exp': START - 3600}, False, id='expired an hour ago'),
        pytest.param({'iat': START + CLOCK_SKEW}, True, id='issued in the future, by exactly the skew'),
        pytest.param({'iat': START + CLOCK_SKEW + 1}, False, id='issued in the future'),
        pytest.param({'iat': START - 86_400}, True, id='issued yesterday'),
        pytest.param({'nbf': START + CLOCK_SKEW}, True, id='valid from now on, within the skew'),
        pytest.param({'nbf': START + CLOCK_SKEW + 1}, False, id='not yet valid'),
    ],
)
@pytest.mark.tutorial_bug(7)
def test_a_token_is_valid_for_its_time_and_the_skew(changes: Claims, valid: bool) -> None:
    if valid:
        assert check(id_token_claims(**changes))
    else:
        with pytest.raises(InvalidIdToken, match=f'wrong {next(iter(changes))}$'):
            check(id_token_claims(**changes))


TAKEN, REFUSED, LEFT_OUT = 'taken', 'refused', 'left out'


@pytest.mark.parametrize(
    ('moment', 'exp', 'iat', 'auth_time'),
    [
        pytest.param(START, TAKEN, TAKEN, TAKEN, id='now'),
        pytest.param(START + 0.25, TAKEN, TAKEN, TAKEN, id='a fraction'),
        pytest.param(0, REFUSED, TAKEN, TAKEN, id='0'),
        pytest.param(-1, REFUSED, TAKEN, TAKEN, id='negative'),
        pytest.param(START - 86_400, REFUSED, TAKEN, TAKEN, id='past'),
        pytest.param(START + 86_400, TAKEN, REFUSED, LEFT_OUT, id='future'),
        pytest.param(START * 1000, TAKEN, REFUSED, LEFT_OUT, id='milliseconds'),
        pytest.param(2**53 - 1, TAKEN, REFUSED, LEFT_OUT, id='the largest that is exact'),
        pytest.param(2**53, REFUSED, REFUSED, LEFT_OUT, id='too large to be exact'),
        pytest.param(10**400, REFUSED, REFUSED, LEFT_OUT, id='400 digits'),
        pytest.param(-(10**400), REFUSED, REFUSED, LEFT_OUT, id='400 digits, negative'),
        pytest.param(float('nan'), REFUSED, REFUSED, LEFT_OUT, id='NaN'),
        pytest.param(float('inf'), REFUSED, REFUSED, LEFT_OUT, id='Infinity'),
        pytest.param(str(int(START)), REFUSED, REFUSED, LEFT_OUT, id='text'),
        pytest.param('2023-11-14T22:13:20Z', REFUSED, REFUSED, LEFT_OUT, id='a date'),
        pytest.param(True, REFUSED, REFUSED, LEFT_OUT, id='a bool'),
        pytest.param(None, REFUSED, REFUSED, LEFT_OUT, id='null'),
        pytest.param({}, REFUSED, REFUSED, LEFT_OUT, id='an object'),
    ],
)
def test_a_moment_has_one_meaning(moment: Any, exp: str, iat: str, auth_time: str) -> None:
    """The table of the file."""
    for name, meaning in (('exp', exp), ('iat', iat), ('nbf', iat), ('auth_time', auth_time)):
        claims = id_token_claims() | {name: moment}
        if meaning == REFUSED:
            with pytest.raises(InvalidIdToken, match=f'wrong {name}$'):
                check(claims)
        else:
            assert (name in check(claims)) is (meaning == TAKEN)
