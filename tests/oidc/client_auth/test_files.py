"""What an operator sets, and what it means together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.errors import SettingsError
from app.oidc.client_auth.credential import AppleSecret, MutualTls, PrivateKeyJwt
from app.oidc.client_auth.files import ClientFiles
from app.oidc.client_auth.secret_source import SecretSource
from app.oidc.http import TlsFiles
from tests.certificates import Authority
from tests.oidc.client_auth.keys import key

CA, CERT, KEY = Path('ca.pem'), Path('cert.pem'), Path('key.pem')


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`cert.pem` and `key.pem` are a certificate and its key; `another.pem` is another key."""
    files = Authority(tmp_path).certificate('app', key('P-256'))
    files.cert_file.rename(tmp_path / CERT)
    files.key_file.rename(tmp_path / KEY)
    Authority(tmp_path).certificate('another').key_file.rename(tmp_path / 'another.pem')
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures('here')
@pytest.mark.parametrize(
    ('settings', 'credential', 'tls'),
    [
        ({}, type(None), None),
        ({'secret': 's'}, type(None), None),
        ({'secret': lambda: 's'}, SecretSource, None),
        ({'secret': 's', 'ca_file': CA}, type(None), TlsFiles(CA)),
        ({'secret': 's', 'cert_file': CERT, 'key_file': KEY}, type(None), TlsFiles(None, CERT, KEY)),
        ({'private_key_file': KEY}, PrivateKeyJwt, None),
        ({'private_key_file': KEY, 'ca_file': CA}, PrivateKeyJwt, TlsFiles(CA)),
        ({'private_key_file': KEY, 'private_key_id': 'kid', 'team_id': 'TEAM'}, AppleSecret, None),
        ({'cert_file': CERT, 'key_file': KEY}, MutualTls, TlsFiles(None, CERT, KEY)),
        ({'cert_file': CERT, 'ca_file': CA}, MutualTls, TlsFiles(CA, CERT)),
    ],
)
def test_what_is_set_says_how_the_client_shows_itself(
    settings: dict[str, Any], credential: type[Any], tls: TlsFiles | None
) -> None:
    files = ClientFiles(**settings)
    assert isinstance(files.credential(), credential)
    assert files.tls() == tls


@pytest.mark.usefixtures('here')
def test_a_certificate_is_the_keys_or_the_connections() -> None:
    named = ClientFiles(private_key_file=KEY, cert_file=CERT)
    credential = named.credential()
    assert isinstance(credential, PrivateKeyJwt)
    assert credential.key.thumbprint
    assert named.tls() is None
    shown = ClientFiles(private_key_file=Path('another.pem'), cert_file=CERT, key_file=KEY)
    credential = shown.credential()
    assert isinstance(credential, PrivateKeyJwt)
    assert credential.key.thumbprint is None
    assert shown.tls() == TlsFiles(None, CERT, KEY)


@pytest.mark.usefixtures('here')
@pytest.mark.parametrize(
    ('settings', 'says'),
    [
        ({'team_id': 'TEAM'}, '^OIDC_WORK_PRIVATE_KEY_FILE: must be set when OIDC_WORK_TEAM_ID is$'),
        ({'private_key_id': 'kid'}, '^OIDC_WORK_PRIVATE_KEY_FILE: must be set when OIDC_WORK_PRIVATE_KEY_ID is$'),
        (
            {'private_key_file': KEY, 'secret': 'the-secret'},
            '^OIDC_WORK_PRIVATE_KEY_FILE: cannot be set together with OIDC_WORK_CLIENT_SECRET',
        ),
        ({'private_key_file': CERT}, '^OIDC_WORK_PRIVATE_KEY_FILE: cert.pem has no private key'),
        ({'private_key_file': KEY, 'team_id': 'TEAM'}, '^OIDC_WORK_PRIVATE_KEY_ID: must be set'),
    ],
)
def test_what_makes_no_sense_stops_the_start(settings: dict[str, Any], says: str) -> None:
    files = ClientFiles(**settings, prefix='OIDC_WORK')
    with pytest.raises(SettingsError, match=says):
        files.credential()
    assert 'the-secret' not in repr(files)


def test_a_connection_without_its_certificate_stops_the_start_too() -> None:
    tls = ClientFiles(secret='s', key_file=KEY, prefix='OIDC_WORK').tls()
    assert tls is not None
    with pytest.raises(SettingsError, match=r'^OIDC_WORK_CERT_FILE: must be set when OIDC_WORK_KEY_FILE is'):
        tls.context()
