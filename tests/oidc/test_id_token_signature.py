"""Whose signature an ID token has. Names in brackets are the conformance modules' (prefix `oidcc-client-test`)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from app.errors import InvalidIdToken
from app.oidc.id_token import UnknownKey, algorithm_of, verify_signature
from app.oidc.metadata import ASYMMETRIC_ALGORITHMS
from app.oidc.unsupported import AlgorithmUnsupported, IdTokenEncrypted
from tests.oidc.documents import id_token_claims, metadata
from tests.oidc.signer import segments, signed_with_a_secret, signer, tampered, unsigned

ALGORITHMS = ['RS256', 'RS512', 'PS256', 'ES256', 'EdDSA']
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
