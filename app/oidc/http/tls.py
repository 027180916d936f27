"""The files that the server's own connections to a provider need: a private CA, a client certificate and its key."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from ...errors import SettingsError
from ..pem import read_pem


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files, each None if there is none.

    `ca_file` has certificates that are trusted beside the usual ones. `cert_file` is the client certificate of mutual
    TLS (RFC 8705), with those between it and its root, `key_file` its key; None if that is in `cert_file` too.
    `prefix` is how the names of the settings begin that they were set by, for errors.
    """

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    prefix: str = 'OIDC'

    def context(self, *, trust_env: bool = True) -> ssl.SSLContext:
        """What connections are made with; `trust_env` is whether SSL_CERT_FILE and SSL_CERT_DIR count.

        The files are read now. Raises `SettingsError` with the setting whose file cannot be read, or is none.
        """
        context = httpx.create_ssl_context(trust_env=trust_env)
        if self.ca_file is not None:
            self._trust(context, self.ca_file)
        if self.cert_file is not None:
            self._present(context, self.cert_file)
        elif self.key_file is not None:
            raise SettingsError(f'{self._name("CERT")}: must be set when {self._name("KEY")} is')
        return context

    def _trust(self, context: ssl.SSLContext, file: Path) -> None:
        name = self._name('CA')
        read_pem(file, name)
        try:
            context.load_verify_locations(cafile=file)
        except ssl.SSLError:
            raise SettingsError(f'{name}: {file} has no certificate in PEM') from None

    def _present(self, context: ssl.SSLContext, cert_file: Path) -> None:
        cert, key = self._name('CERT'), self._name('KEY')
        if b'-----BEGIN CERTIFICATE-----' not in read_pem(cert_file, cert):
            raise SettingsError(f'{cert}: {cert_file} has no certificate in PEM')
        holder, holds = (self.key_file, key) if self.key_file is not None else (cert_file, cert)
        content = read_pem(holder, holds)
        if b'PRIVATE KEY-----' not in content:
            more = '' if self.key_file is not None else f'; if it is in another file, set {key}'
            raise SettingsError(f'{holds}: {holder} has no private key in PEM{more}')
        if b'ENCRYPTED' in content:
            raise SettingsError(f'{holds}: the private key in {holder} is encrypted; it must have no password')
        try:
            context.load_cert_chain(cert_file, self.key_file, password=lambda: '')  # else a terminal is asked for it
        except ssl.SSLError as error:
            is_other = error.reason == 'KEY_VALUES_MISMATCH'
            why = 'is not that of the certificate' if is_other else 'cannot be used with that'
            raise SettingsError(f'{holds}: the private key in {holder} {why} in {cert}') from None

    def _name(self, kind: str) -> str:
        return f'{self.prefix}_{kind}_FILE'
