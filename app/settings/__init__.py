"""The settings: where they come from, what they mean, and which make no sense."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, model_validator

from ..errors import SettingsError
from .addresses import LOOPBACK_HOSTS as LOOPBACK_HOSTS
from .contradictions import contradiction
from .env_file import readable
from .fields import MIN_KEY_LENGTH as MIN_KEY_LENGTH
from .fields import AfterLimit as AfterLimit
from .fields import Fields
from .fields import HintPolicy as HintPolicy
from .fields import RenewalMethod as RenewalMethod
from .provider import VALUES, Provider, written_name

DEMO_PATH, DEMO_API_PATH, DEMO_CLIENT_ID = '/demo', '/api', 'stay-signed-in'
WINDOW_PATH, TICKET_PATH = '/window', '/open'  # of the native window, and of what it opens outside
DEFAULT_SCOPE, DEMO_API_SCOPE = 'openid profile email', 'read:messages write:messages'
# Where a revoked token takes the person's consent with it, and so the tokens of all their browsers.
REVOKES_TOO_MUCH = frozenset({'https://accounts.google.com'})


class Settings(Fields):
    """The settings, with what follows from them; see `Fields`."""

    _provider: Provider | None = None  # whose settings these are, as `each` gives them
    _has_own_paths: bool = False  # since there are others

    def each(self) -> tuple[Self, ...]:
        """These settings once for each provider, as they are for that one: what is said of *the* provider is its."""
        return tuple(self._for(provider) for provider in self.oidc_providers) or (self,)

    def _for(self, provider: Provider) -> Self:
        values = {f'oidc_{name}': getattr(provider, name) for name in VALUES}
        secret = provider.client_secret
        values['oidc_client_secret'] = SecretStr(secret) if isinstance(secret, str) else None
        own = self.model_copy(update={**values, 'oidc_providers': ()})
        own._provider, own._has_own_paths = provider, len(self.oidc_providers) > 1
        return own

    @property
    def provider(self) -> Provider:
        """The provider, as it is configured; it has a name if it was given one, as each of several is."""
        secret = self.oidc_client_secret.get_secret_value() if self.oidc_client_secret else None
        values = {name: getattr(self, f'oidc_{name}') for name in VALUES}
        return self._provider or Provider(**{**values, 'client_secret': secret})

    def _own_path(self, path: str) -> str:
        """This path, which is another one for each of several providers (RFC 9700 §4.4)."""
        return f'{path}/{self.provider.name}' if self._has_own_paths else path

    @property
    def is_demo(self) -> bool:
        """Whether the demo provider stands in, since no issuer is set."""
        return self.oidc_issuer is None

    @property
    def has_demo(self) -> bool:
        """Whether any of the providers is a demo one, which signs in everybody who asks."""
        return any(one.is_demo for one in self.each())

    @property
    def issuer(self) -> str:
        """The configured issuer, or the demo provider's."""
        return self.oidc_issuer or self.step_url(self.demo_path)

    @property
    def demo_path(self) -> str:
        """Where the demo provider answers."""
        return self._own_path(DEMO_PATH)

    @property
    def client_id(self) -> str:
        """The configured client ID, or the one that the demo provider knows us by."""
        return self.oidc_client_id or DEMO_CLIENT_ID

    @property
    def scope(self) -> str:
        """The scope to ask for; also what the demo provider's API wants, and a refresh token if only that renews."""
        more = [DEMO_API_SCOPE] * self.is_demo + ['offline_access'] * (self.methods == ('refresh_token',))
        return self.oidc_scope or ' '.join([DEFAULT_SCOPE, *more])

    @property
    def may_revoke(self) -> bool:
        """Whether tokens that nobody uses any more are revoked."""
        return self.revoke_tokens == 'always' or (self.revoke_tokens == 'auto' and self.issuer not in REVOKES_TOO_MUCH)

    @property
    def signs_in_elsewhere(self) -> bool:
        """Whether the native window leaves signing in to the system's browser (RFC 8252)."""
        return self.native and self.native_login == 'browser'

    @property
    def methods(self) -> tuple[RenewalMethod, ...]:
        """How a new session can be renewed; the window's frame lacks the cookies of another browser."""
        return tuple(name for name in self.renewal if not (name == 'iframe' and self.signs_in_elsewhere))

    @property
    def frames_visitors(self) -> bool:
        """Whether a visitor's page may ask in a hidden frame if they are signed in at the provider."""
        return 'iframe' in self.methods

    @property
    def api(self) -> str | None:
        """The configured API, or the demo's; None if there is none."""
        return self.api_url or (f'{self.issuer}{DEMO_API_PATH}' if self.is_demo else None)

    @property
    def callback_uri(self) -> str:
        """Where the provider sends people back to."""
        return self.step_url(self._own_path('/callback'))

    @property
    def silent_uri(self) -> str:
        """Where the provider answers the silent frame."""
        return self.step_url(self._own_path('/silent'))

    @property
    def post_logout_uri(self) -> str:
        """Where the provider sends people after it signed them out."""
        return f'{self.base_url}/'

    def step_path(self, step: str) -> str:
        """Where this path of ours is below BASE_URL: `/auth/login` for `/login` with the prefix `/auth`."""
        return f'{self.prefix}{step}'

    def step_url(self, step: str) -> str:
        """The whole address of this path of ours."""
        return f'{self.base_url}{self.step_path(step)}'

    @property
    def base_path(self) -> str:
        """The path of BASE_URL, without a slash at its end: empty, or as `/gui`."""
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        """BASE_URL without its path (RFC 6454)."""
        return self.base_url.removesuffix(self.base_path)

    @property
    def is_loopback(self) -> bool:
        """Whether only browsers on this machine can reach the app."""
        return urlsplit(self.base_url).hostname in LOOPBACK_HOSTS

    @model_validator(mode='after')
    def _check_together(self) -> Self:
        for one in self.each():
            if (why := contradiction(one)) is not None:
                raise ValueError(re.sub(r'\bOIDC_', written_name(one.provider.name, ''), why))
        return self

    def listen_port(self) -> int:
        """PORT, else the one that BASE_URL names, else 8080."""
        return self.port or urlsplit(self.base_url).port or 8080


def load() -> Settings:
    """Read the settings.

    Raises `SettingsError` with one line that names the first setting that makes no sense, never with a secret's value.
    """
    try:
        return read()
    except ValidationError as error:
        raise SettingsError(complaints(error)[0]) from None


def read(**stand_ins: Any) -> Settings:
    """Read the settings; the stand-ins come before what is set.

    Raises `SettingsError` if `.env` cannot be read, `ValidationError` if something in it, or in the environment, makes
    no sense.
    """
    with readable(Path('.env')):
        return Settings(**stand_ins)


def complaints(error: ValidationError) -> list[str]:
    """What makes no sense, a line for each setting that begins with its name; none has a value in it."""
    lines = []
    for item in error.errors(include_input=False, include_url=False, include_context=False):
        name = '_'.join(str(part) for part in item['loc'][:1]).upper()
        message = item['msg'].removeprefix('Value error, ')
        lines.append(f'{name}: {message}' if name else message)
    return lines
