"""A private key of this app: what it signs with, and what is no such key."""

from __future__ import annotations

import base64
import hashlib
import traceback
from pathlib import Path

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.errors import SettingsError
from app.oidc.client_auth.signing_key import SigningKey
from tests.certificates import Authority, key_pem, public_pem
from tests.oidc.client_auth.keys import KINDS, key, key_file

NOTHING_LISTED: frozenset[str] = frozenset()
ALL = frozenset({'RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'})
RSA = key('RSA')


@pytest.mark.parametrize(
    ('kind', 'algorithm'), list(zip(KINDS, ('RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'), strict=True))
)
def test_the_kind_of_the_key_decides_what_it_signs_with(tmp_path: Path, kind: str, algorithm: str) -> None:
    signing = SigningKey.read(key_file(tmp_path, kind), 'the-kid')
    assert {signing.algorithm(NOTHING_LISTED), signing.algorithm(ALL)} == {algorithm}
    token = signing.sign({'sub': 'app'}, algorithm)
    assert jwt.decode(token, key(kind).public_key(), [algorithm]) == {'sub': 'app'}
    assert jwt.get_unverified_header(token) == {'alg': algorithm, 'typ': 'JWT', 'kid': 'the-kid'}


def test_an_rsa_key_signs_with_pss_where_only_that_is_listed(tmp_path: Path) -> None:
    signing = SigningKey.read(key_file(tmp_path, 'RSA'))
    assert signing.algorithm(frozenset({'PS256', 'ES256'})) == 'PS256'
    assert signing.algorithm(frozenset({'ES256'})) == 'RS256'  # which the provider refuses, in its own words


def test_a_certificate_is_named_by_its_thumbprint_and_signed_with_pss(tmp_path: Path) -> None:
    """Entra ID's certificate credentials; RFC 7515 §4.1.8."""
    files = Authority(tmp_path).certificate('app', RSA)
    signing = SigningKey.read(files.key_file, certificate=files.cert_file)
    der = x509.load_pem_x509_certificate(files.cert_file.read_bytes()).public_bytes(Encoding.DER)
    expected = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b'=').decode()
    header = jwt.get_unverified_header(signing.sign({}, signing.algorithm(NOTHING_LISTED)))
    assert header == {'alg': 'PS256', 'typ': 'JWT', 'x5t#S256': expected}
    assert signing.algorithm(frozenset({'RS256'})) == 'RS256'


def test_a_key_never_shows_itself(tmp_path: Path) -> None:
    signing = SigningKey.read(key_file(tmp_path, 'P-256'), 'the-kid')
    assert f'{signing} {signing!r}'.count('the-kid') == 2
    assert 'key=' not in repr(signing)


SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)
OTHER_CURVE = ec.generate_private_key(ec.SECP256K1())
NO_SIGNATURES = x25519.X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ('content', 'why'),
    [
        pytest.param(b'', 'no private key', id='empty'),
        pytest.param(b'\xff\x00', 'no private key', id='binary'),
        pytest.param(public_pem(RSA), 'no private key', id='the public half'),
        pytest.param(key_pem(RSA)[:200], 'no private key', id='cut off'),
        pytest.param(key_pem(RSA, b'secret'), 'encrypted', id='with a password'),
        pytest.param(key_pem(SMALL), '1024 bits', id='too short'),
        pytest.param(key_pem(OTHER_CURVE), 'neither RSA', id='another curve'),
        pytest.param(NO_SIGNATURES, 'neither RSA', id='not for signatures'),
    ],
)
def test_what_is_no_usable_key_is_said_in_one_line_that_names_the_setting(
    tmp_path: Path, content: bytes, why: str
) -> None:
    file = tmp_path / 'key.pem'
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r'^OIDC_WORK_PRIVATE_KEY_FILE: .*' + why) as failed:
        SigningKey.read(file, prefix='OIDC_WORK')
    shown = ''.join(traceback.format_exception(failed.value))
    assert str(file) in str(failed.value)
    assert content.decode(errors='replace')[60:120] not in shown or len(content) < 120
    assert '\n' not in str(failed.value)


def test_a_file_that_is_not_there_is_said_by_its_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'^OIDC_PRIVATE_KEY_FILE: .*No such file'):
        SigningKey.read(tmp_path / 'nothing.pem')
    with pytest.raises(SettingsError, match=r'^OIDC_CERT_FILE: .*No such file'):
        SigningKey.read(key_file(tmp_path, 'RSA'), certificate=tmp_path / 'nothing.pem')


def test_a_certificate_has_to_be_the_keys(tmp_path: Path) -> None:
    files = Authority(tmp_path).certificate('app', RSA)
    with pytest.raises(SettingsError, match=r'^OIDC_CERT_FILE: .*not the certificate of the private key'):
        SigningKey.read(key_file(tmp_path, 'P-256'), certificate=files.cert_file)
    with pytest.raises(SettingsError, match=r'^OIDC_CERT_FILE: .*no certificate in PEM'):
        SigningKey.read(files.key_file, certificate=files.key_file)
