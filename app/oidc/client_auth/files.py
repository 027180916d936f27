"""The files and names by which an operator says how the app shows itself, and what they mean together.

`cert_file` means what it stands beside; `secret` is a text, or a function that is asked for it.

| set                                   | the client shows itself by                     | its connections show    |
|---------------------------------------|------------------------------------------------|-------------------------|
| `secret`                              | the secret                                     | nothing                 |
| `private_key_file`                    | `private_key_jwt`                              | nothing                 |
| `private_key_file`, `cert_file`       | `private_key_jwt`, which names the certificate | nothing                 |
| `private_key_file`, `team_id`         | Apple's client secret                          | nothing                 |
| `cert_file`, `key_file` if it is apart | `tls_client_auth`                             | the certificate         |
| the same beside one of the others     | that one                                       | the certificate         |
| nothing                               | nothing: a public client                       | nothing                 |

A certificate beside a private key is the connection's only if `key_file` is set too. `ca_file` goes with each of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...errors import SettingsError
from ..http.tls import TlsFiles
from .credential import AppleSecret, Credential, MutualTls, PrivateKeyJwt
from .secret_source import SecretSource
from .signing_key import SigningKey

ClientSecret = str | Callable[[], str | Awaitable[str]]


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """What is set; `prefix` is how the names of the settings begin, for errors."""

    secret: ClientSecret | None = field(default=None, repr=False)
    private_key_file: Path | None = None
    private_key_id: str | None = None
    team_id: str | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    prefix: str = 'OIDC'

    def tls(self) -> TlsFiles | None:
        """The files of the connections; None where they need none. Raises nothing: they are read later."""
        is_shown = self.private_key_file is None or self.key_file is not None
        cert_file = self.cert_file if is_shown else None
        files = (self.ca_file, cert_file, self.key_file)
        return TlsFiles(*files, self.prefix) if any(file is not None for file in files) else None

    def credential(self) -> Credential | None:
        """What the client shows itself by in the place of a secret that is a text; None for that, or for nothing.

        The private key is read now. Raises `SettingsError` if that is of no use, or if what is set makes no sense.
        """
        self._check()
        if self.private_key_file is not None:
            return self._signing(self.private_key_file)
        if callable(self.secret):
            return SecretSource(self.secret)
        return MutualTls() if self.cert_file is not None and self.secret is None else None

    def _signing(self, file: Path) -> Credential:
        certificate = self.cert_file if self.key_file is None else None
        key = SigningKey.read(file, self.private_key_id, certificate=certificate, prefix=self.prefix)
        return PrivateKeyJwt(key) if self.team_id is None else AppleSecret.of(key, self.team_id, self.prefix)

    def _check(self) -> None:
        for name in ('private_key_id', 'team_id'):
            if getattr(self, name) is not None and self.private_key_file is None:
                raise SettingsError(f'{self._name("private_key_file")}: must be set when {self._name(name)} is')
        if self.secret is not None and self.private_key_file is not None:
            key = self._name('private_key_file')
            raise SettingsError(f'{key}: cannot be set together with {self._name("client_secret")}; each is enough')

    def _name(self, field_name: str) -> str:
        return f'{self.prefix}_{field_name.upper()}'
