"""The check of an ID token. Names in brackets are the conformance modules' (prefix `oidcc-client-test`)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import InvalidIdToken
from app.oidc.endpoints.unsupported import AlgorithmUnsupported, IdTokenEncrypted
from app.oidc.id_token import CLOCK_SKEW, Claims, UnknownKey, algorithm_of, check_claims, verify_signature
from app.oidc.metadata import ASYMMETRIC_ALGORITHMS
from tests.clock import START
from tests.oidc.documents import CLIENT_ID, ISSUER, id_token_claims, metadata
from tests.oidc.signer import segments, signed_with_a_secret, signer, tampered, unsigned

ACCESS_TOKEN = 'the-access-token'
ALGORITHMS = ['RS256', 'RS512', 'PS256', 'ES256', 'EdDSA']
HASHES: dict[str, Callable[[bytes], Any]] = {
    'RS256': hashlib.sha256,
    'RS512': hashlib.sha512,
    'PS256': hashlib.sha256,
    'ES256': hashlib.sha256,
    'EdDSA': hashlib.sha512,
}
GARBAGE: list[dict[str, Any]] = [
    {},
    {'kty': None},
    {'kty': ['RSA']},
    {'kty': 'RSA'},
    {'kty': 'RSA', 'n': 5, 'e': 'AQAB'},
    {'kty': 'RSA', 'n': '', 'e': ''},
    {'kty': 'RSA', 'n': 'é', 'e': 'AQAB'},
    {'kty': 'RSA', 'n': '_' * 400, 'e': 'AA'},
    {'kty': 'EC', 'crv': 'P-256', 'x': 'A' * 43, 'y': 'A' * 43},
    {'kty': 'EC', 'crv': ['P-256'], 'x': 'A', 'y': 5},
    {'kty': 'OKP', 'crv': 'Ed25519', 'x': 'AA'},
    {'kty': 'OKP', 'crv': 'X448', 'x': 'AA'},
    {'kty': 'oct', 'k': 'c2VjcmV0'},
    {'kty': 'new'},
    {'kty': 'RSA', 'use': ['sig'], 'alg': {}, 'kid': 7},
]


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


# The signature


@pytest.mark.parametrize('algorithm', ALGORITHMS)
def test_a_token_signed_by_the_provider_is_accepted(algorithm: str) -> None:
    """[idtoken-sig-rs256], and the others that providers use"""
    provider = signer(algorithm)
    id_token = provider.sign(id_token_claims())
    assert verify_signature(metadata(), id_token, [provider.jwk()]) == id_token_claims()
    assert algorithm_of(id_token) == algorithm


@pytest.mark.tutorial_bug(7)
@pytest.mark.parametrize('algorithm', ALGORITHMS)
def test_a_token_with_an_invalid_signature_is_refused(algorithm: str) -> None:
    """[invalid-sig-rs256] [invalid-sig-es256]"""
    provider = signer(algorithm)
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), tampered(provider.sign(id_token_claims())), [provider.jwk()])


@pytest.mark.tutorial_bug(7)
@pytest.mark.parametrize('algorithm', ALGORITHMS)
def test_a_token_signed_by_somebody_else_under_the_same_name_is_refused(algorithm: str) -> None:
    forged = signer(algorithm, owner='mallory').sign(id_token_claims())
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), forged, [signer(algorithm).jwk()])


def test_claims_that_were_changed_after_signing_are_refused() -> None:
    head, _, signature = signer().sign(id_token_claims()).split('.')
    _, payload = segments({}, id_token_claims(sub='bob')).split('.')
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), f'{head}.{payload}.{signature}', [signer().jwk()])


@pytest.mark.tutorial_bug(7)
@pytest.mark.parametrize('listed', [['RS256'], ['RS256', 'none']])
def test_an_unsigned_token_is_refused_even_where_none_is_listed(listed: list[str]) -> None:
    """[idtoken-sig-none]"""
    known = metadata(id_token_signing_alg_values_supported=listed)
    with pytest.raises(InvalidIdToken, match='none'):
        verify_signature(known, unsigned(id_token_claims()), [signer().jwk()])


@pytest.mark.parametrize(
    'secret',
    [
        pytest.param(lambda: signer().pem(), id='the public key'),
        pytest.param(lambda: b'x' * 32, id='the client secret'),
        pytest.param(lambda: b'', id='nothing'),
    ],
)
def test_a_token_signed_with_a_secret_is_refused_even_where_that_is_listed(secret: Callable[[], bytes]) -> None:
    """[invalid-sig-hs256], and the confusion of a public key with a secret"""
    forged = signed_with_a_secret(id_token_claims(), secret(), kid='one')
    symmetric = {'kty': 'oct', 'k': base64.urlsafe_b64encode(secret()).decode(), 'kid': 'one', 'alg': 'HS256'}
    for keys in ([signer().jwk()], [signer().jwk(alg=None)], [symmetric]):
        with pytest.raises(InvalidIdToken, match='HS256'):
            verify_signature(metadata(id_token_signing_alg_values_supported=['RS256', 'HS256']), forged, keys)


def test_an_algorithm_that_the_provider_does_not_list_is_refused() -> None:
    id_token = signer('ES256').sign(id_token_claims())
    with pytest.raises(InvalidIdToken, match='ES256'):
        verify_signature(
            metadata(id_token_signing_alg_values_supported=['RS256']), id_token, [signer('ES256').jwk(alg=None)]
        )


def test_a_key_for_another_algorithm_is_not_used() -> None:
    id_token = signer('RS512').sign(id_token_claims())
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), id_token, [signer('RS512').jwk(alg='RS256')])


def test_a_key_for_encryption_is_not_used() -> None:
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), signer().sign(id_token_claims()), [signer().jwk(use='enc')])


@pytest.mark.parametrize('left_out', ['alg', 'use', 'kid'])
def test_a_key_may_leave_out_what_is_optional(left_out: str) -> None:
    jwk = signer().jwk(**{left_out: None})
    assert verify_signature(metadata(), signer().sign(id_token_claims()), [jwk])['sub'] == 'alice'


def test_a_token_without_kid_is_verified_with_the_only_key() -> None:
    """[kid-absent-single-jwks]"""
    assert verify_signature(metadata(), signer(kid=None).sign(id_token_claims()), [signer(kid=None).jwk()])


def test_a_token_without_kid_is_verified_with_whichever_key_fits() -> None:
    """[kid-absent-multiple-jwks]"""
    nameless = signer(kid=None)
    keys = [signer().jwk(), signer('ES256').jwk(), nameless.jwk(kid='two'), signer('EdDSA').jwk()]
    assert verify_signature(metadata(), nameless.sign(id_token_claims()), keys)['sub'] == 'alice'


def test_a_token_whose_kid_names_another_key_is_refused() -> None:
    id_token = signer(kid='two').sign(id_token_claims())
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), id_token, [signer(kid='two').jwk(kid='three')])


def test_two_keys_with_the_same_name_are_both_tried() -> None:
    keys = [signer(owner='another machine').jwk(), signer().jwk()]
    assert verify_signature(metadata(), signer().sign(id_token_claims()), keys)['sub'] == 'alice'


def test_garbage_in_the_key_set_does_not_hide_the_key() -> None:
    id_token = signer(kid=None).sign(id_token_claims())
    assert verify_signature(metadata(), id_token, [*GARBAGE, signer(kid=None).jwk()])['sub'] == 'alice'


@pytest.mark.parametrize('algorithm', ALGORITHMS)
def test_garbage_verifies_nothing(algorithm: str) -> None:
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), signer(algorithm, kid=None).sign(id_token_claims()), GARBAGE)


@pytest.mark.parametrize(
    'id_token',
    [
        pytest.param('', id='empty'),
        pytest.param('undefined', id='what the tutorial stored'),
        pytest.param('a.b', id='two parts'),
        pytest.param('a.b.c', id='no base64'),
        pytest.param('é.é.é', id='not ascii'),
        pytest.param('\ud800', id='half a surrogate pair'),
        pytest.param('....', id='dots'),
        pytest.param(f'{segments([], {})}.AAAA', id='the header is a list'),
        pytest.param(f'{segments({}, {})}.AAAA', id='no algorithm'),
        pytest.param(f'{segments({"alg": None}, {})}.AAAA', id='the algorithm is null'),
        pytest.param(f'{segments({"alg": ["RS256"]}, {})}.AAAA', id='the algorithm is a list'),
        pytest.param(f'{segments({"alg": {}}, {})}.AAAA', id='the algorithm is an object'),
        pytest.param(f'{segments({"alg": "RS256", "kid": 7}, {})}.AAAA', id='the kid is a number'),
        pytest.param(f'{segments({"alg": "RS256", "crit": ["exp"]}, {})}.AAAA', id='an unknown critical header'),
    ],
)
def test_what_is_no_jwt_is_refused(id_token: str) -> None:
    with pytest.raises(InvalidIdToken):
        verify_signature(metadata(), id_token, [signer().jwk()])


ENCRYPTED = {'alg': 'RSA-OAEP-256', 'enc': 'A256GCM', 'cty': 'JWT'}


@pytest.mark.parametrize('header', [ENCRYPTED, ENCRYPTED | {'alg': 'dir'}, {'alg': 'RS256'}])
def test_an_encrypted_token_is_refused_by_a_code_of_its_own(header: dict[str, str]) -> None:
    head = segments(header, {}).split('.')[0]
    for id_token in (f'{head}.a2V5.aXY.Y2lwaGVy.dGFn', f'{head}..aXY.Y2lwaGVy.dGFn'):
        with pytest.raises(IdTokenEncrypted, match='encrypted') as caught:
            verify_signature(metadata(), id_token, [signer().jwk()])
        assert caught.value.code == 'id_token_encrypted'


@pytest.mark.parametrize('algorithm', ['HS256', 'HS384', 'HS512', 'ES256K', 'Ed25519', 'Ed448'])
@pytest.mark.parametrize('is_listed', [True, False])
def test_an_algorithm_that_is_not_supported_is_refused_by_a_code_of_its_own(algorithm: str, is_listed: bool) -> None:
    listed = ['RS256', algorithm] if is_listed else ['RS256']
    curve = {'kty': 'EC', 'crv': 'secp256k1', 'x': 'A' * 43, 'y': 'A' * 43, 'kid': 'one'}
    with pytest.raises(AlgorithmUnsupported, match=f'signed with .{algorithm}.: ') as caught:
        verify_signature(
            metadata(id_token_signing_alg_values_supported=listed),
            f'{segments({"alg": algorithm, "kid": "one"}, id_token_claims())}.AAAA',
            [curve, signer().jwk(alg=None), signer('EdDSA').jwk(alg=None)],
        )
    assert caught.value.code == 'id_token_algorithm'


@pytest.mark.parametrize('algorithm', ['none', 'rs256', 'RS1', 'brand_new', 'ES521'])
def test_an_algorithm_that_nobody_knows_is_a_failed_check(algorithm: str) -> None:
    with pytest.raises(InvalidIdToken) as caught:
        verify_signature(metadata(), f'{segments({"alg": algorithm}, id_token_claims())}.AAAA', [signer().jwk()])
    assert caught.value.code == 'invalid_id_token'


@pytest.mark.parametrize('algorithm', sorted(ASYMMETRIC_ALGORITHMS))
def test_each_algorithm_of_the_table_is_verified(algorithm: str) -> None:
    provider = signer(algorithm)
    known = metadata(id_token_signing_alg_values_supported=[algorithm])
    assert verify_signature(known, provider.sign(id_token_claims()), [provider.jwk()])['sub'] == 'alice'


def test_a_key_on_another_curve_verifies_nothing() -> None:
    id_token = signer('ES256').sign(id_token_claims())
    other = signer('ES384').jwk(alg=None)
    with pytest.raises(UnknownKey):
        verify_signature(metadata(), id_token, [other, other | {'crv': 'secp256k1'}, signer('EdDSA').jwk(alg=None)])


# The claims


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
