"""The files that the server's own connections to a provider need."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.errors import SettingsError
from app.oidc.http import TlsFiles, http_client
from tests.certificates import Authority, Certificate, key_pem


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def client(authority: Authority) -> Certificate:
    return authority.certificate('client')


def subjects(context: ssl.SSLContext) -> list[object]:
    return [certificate['subject'] for certificate in context.get_ca_certs()]


def test_a_private_ca_is_trusted_beside_the_usual_ones(authority: Authority) -> None:
    usual = subjects(TlsFiles().context())
    trusted = subjects(TlsFiles(authority.ca_file).context())
    assert len(usual) > 50
    assert len(trusted) == len(usual) + 1
    assert ((('commonName', 'a CA of the tests'),),) in trusted
    assert all(subject in trusted for subject in usual)


def test_connections_are_checked_with_it_as_without() -> None:
    context = TlsFiles().context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_certificate_is_taken_with_its_key_in_the_same_file_or_in_another(
    client: Certificate, tmp_path: Path
) -> None:
    assert TlsFiles(None, client.cert_file, client.key_file).context()
    both = tmp_path / 'both.pem'
    both.write_bytes(client.cert_file.read_bytes() + client.key_file.read_bytes())
    assert TlsFiles(cert_file=both).context()


async def test_the_client_loads_them_when_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'^OIDC_CA_FILE: .*cannot be read: No such file'):
        http_client(tls=TlsFiles(tmp_path / 'nothing.pem'))


@pytest.mark.parametrize('name', ['ca_file', 'cert_file', 'key_file'])
@pytest.mark.parametrize(
    ('content', 'why'),
    [
        (None, 'cannot be read'),
        (b'', 'no (certificate|private key) in PEM'),
        (b'\xff\x00\x01', 'no (certificate|private key) in PEM'),
    ],
    ids=['missing', 'empty', 'binary'],
)
def test_a_file_that_is_of_no_use_is_said_by_its_setting(
    client: Certificate, tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    file = tmp_path / 'file.pem'
    if content is not None:
        file.write_bytes(content)
    files = {'cert_file': client.cert_file, 'key_file': client.key_file} | {name: file}
    with pytest.raises(SettingsError, match=rf'^OIDC_WORK_{name.upper()}: .*file.pem.*{why}') as failed:
        TlsFiles(**files, prefix='OIDC_WORK').context()
    assert '\n' not in str(failed.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r'^OIDC_CA_FILE: .*Is a directory'):
        TlsFiles(tmp_path).context()


def test_broken_certificates_are_said_too(client: Certificate, tmp_path: Path) -> None:
    file = tmp_path / 'broken.pem'
    file.write_bytes(client.cert_file.read_bytes()[:150] + b'\n-----END CERTIFICATE-----\n')
    with pytest.raises(SettingsError, match=r'^OIDC_CA_FILE: .*no certificate in PEM'):
        TlsFiles(file).context()
    with pytest.raises(SettingsError, match=r'^OIDC_KEY_FILE: .*cannot be used'):
        TlsFiles(None, file, client.key_file).context()


def test_a_certificate_without_a_key_says_where_to_put_it(client: Certificate) -> None:
    with pytest.raises(SettingsError, match=r'^OIDC_CERT_FILE: .*no private key.*set OIDC_KEY_FILE'):
        TlsFiles(None, client.cert_file).context()
    with pytest.raises(SettingsError, match=r'^OIDC_CERT_FILE: must be set when OIDC_KEY_FILE is'):
        TlsFiles(None, None, client.key_file).context()


def test_the_key_of_another_certificate_is_refused(authority: Authority, client: Certificate) -> None:
    other = authority.certificate('other')
    with pytest.raises(SettingsError, match=r'^OIDC_KEY_FILE: .*is not that of the certificate in OIDC_CERT_FILE'):
        TlsFiles(None, client.cert_file, other.key_file).context()


def test_an_encrypted_key_is_refused_and_no_terminal_is_asked_for_its_password(
    client: Certificate, tmp_path: Path
) -> None:
    file = tmp_path / 'encrypted.pem'
    file.write_bytes(key_pem(ec.generate_private_key(ec.SECP256R1()), b'a password'))
    with pytest.raises(SettingsError, match=r'^OIDC_KEY_FILE: .*is encrypted'):
        TlsFiles(None, client.cert_file, file).context()
