"""The settings: where they come from, what they mean, and which make no sense."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ..errors import SettingsError
from .addresses import Network, is_loopback_address, networks, prefix_path, public_url, split_url
from .env_file import readable

LOOPBACK_HOSTS = frozenset({'localhost', '127.0.0.1', '::1'})
DEMO_PATH, DEMO_API_PATH, DEMO_CLIENT_ID = '/demo', '/api', 'stay-signed-in'
WINDOW_PATH, TICKET_PATH = '/window', '/open'  # of the native window, and of what it opens outside
DEFAULT_SCOPE, DEMO_API_SCOPE = 'openid profile email', 'read:messages write:messages'
HOST_NAME = re.compile(r'[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*')
MIN_KEY_LENGTH = 32  # characters
RenewalMethod = Literal['iframe', 'refresh_token']
HintPolicy = Literal['auto', 'always', 'never']
NativeLogin = Literal['window', 'browser']
AfterLimit = Literal['login', 'select_account', 'off']
LogoutMethod = Literal['get', 'post']
Revocation = Literal['auto', 'always', 'never']
# Where a revoked token takes the person's consent with it, and so the tokens of all their browsers.
REVOKES_TOO_MUCH = frozenset({'https://accounts.google.com'})


class Settings(BaseSettings):
    """Everything that can be set, each by the environment variable or `.env` line of the same name in upper case."""

    model_config = SettingsConfigDict(env_file='.env', env_ignore_empty=True, extra='ignore', frozen=True)

    auth0_domain: str | None = None  # before OIDC_ISSUER, which is made of it: the first error is the one that is told
    oidc_issuer: str | None = None
    oidc_client_id: str | None = Field(default=None, validation_alias=AliasChoices('oidc_client_id', 'auth0_client_id'))
    oidc_client_secret: SecretStr | None = None
    oidc_scope: str | None = None
    oidc_audience: str | None = Field(default=None, validation_alias=AliasChoices('oidc_audience', 'auth0_audience'))

    api_url: str | None = None

    base_url: str = 'http://localhost:8080'
    prefix: str = ''
    host: str = 'localhost'
    port: int = Field(default=0, ge=0, le=65535)
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    secret_key: SecretStr | None = None
    data_dir: Path = Path('.data')
    redis_url: str | None = None

    renewal: Annotated[tuple[RenewalMethod, ...], NoDecode] = ('iframe', 'refresh_token')
    renewal_lead: float = Field(default=60, ge=0)
    renewal_grace: float = Field(default=900, ge=0, allow_inf_nan=False)
    clock_skew: float = Field(default=60, ge=0, le=600)
    silent_timeout: float = Field(default=10, gt=0, le=120)
    session_idle: float = Field(default=0, ge=0, allow_inf_nan=False)
    session_max: float = Field(default=0, ge=0, allow_inf_nan=False)
    login_after_limit: AfterLimit = 'login'
    id_token_hint: HintPolicy = 'auto'
    revoke_tokens: Revocation = 'auto'
    logout_method: LogoutMethod = 'get'

    native: bool = False
    native_login: NativeLogin = 'window'

    demo_token_lifetime: int = Field(default=120, ge=1)
    demo_allow_remote: bool = False

    @property
    def is_demo(self) -> bool:
        """Whether the demo provider stands in, since no issuer is set."""
        return self.oidc_issuer is None

    @property
    def issuer(self) -> str:
        """The configured issuer, or the demo provider's."""
        return self.oidc_issuer or self.step_url(DEMO_PATH)

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
        return self.step_url('/callback')

    @property
    def silent_uri(self) -> str:
        """Where the provider answers the silent frame."""
        return self.step_url('/silent')

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

    @field_validator('renewal', mode='before')
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(name.strip() for name in value.split(',') if name.strip()) if isinstance(value, str) else value

    @field_validator('renewal')
    @classmethod
    def _check_renewal(cls, value: tuple[RenewalMethod, ...]) -> tuple[RenewalMethod, ...]:
        if not value or len(set(value)) != len(value):
            raise ValueError('must name iframe, refresh_token or both, each once')
        return value

    @field_validator('base_url')
    @classmethod
    def _check_base_url(cls, value: str) -> str:
        url = public_url(value)
        if url.scheme == 'http' and url.hostname not in LOOPBACK_HOSTS:
            raise ValueError('must be https unless it is on this machine (localhost)')
        return url.geturl()

    @field_validator('prefix')
    @classmethod
    def _check_prefix(cls, value: str) -> str:
        return prefix_path(value)

    @field_validator('trusted_proxies', mode='before')
    @classmethod
    def _read_networks(cls, value: object) -> object:
        return networks(value) if isinstance(value, str) else value

    @field_validator('oidc_issuer', 'api_url')
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        url = split_url(value)
        if url.scheme not in {'http', 'https'} or not url.hostname or url.query or url.fragment:
            raise ValueError('must be a URL without query and fragment, such as https://login.example.com')
        if url.scheme == 'http' and url.hostname not in LOOPBACK_HOSTS:
            raise ValueError('must be https unless it is on this machine (localhost)')
        return value

    @field_validator('auth0_domain')
    @classmethod
    def _check_auth0_domain(cls, value: str | None) -> str | None:
        if value is not None and not HOST_NAME.fullmatch(value):
            raise ValueError('must be a host name, such as example.eu.auth0.com')
        return value

    @field_validator('oidc_scope')
    @classmethod
    def _check_scope(cls, value: str | None) -> str | None:
        if value is not None and 'openid' not in value.split():
            raise ValueError('must contain openid')
        return value

    @field_validator('redis_url')
    @classmethod
    def _refuse_redis(cls, value: str | None) -> str | None:
        if value is not None:
            raise ValueError('sharing sessions between machines is not possible yet, so it cannot be set')
        return value

    @field_validator('secret_key')
    @classmethod
    def _check_secret_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < MIN_KEY_LENGTH:
            raise ValueError(f'must have at least {MIN_KEY_LENGTH} characters')
        return value

    @model_validator(mode='before')
    @classmethod
    def _derive(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get('auth0_domain') and values.get('oidc_issuer'):
            raise ValueError('AUTH0_DOMAIN: cannot be set together with OIDC_ISSUER, which means the same')
        if values.get('auth0_domain'):
            values.setdefault('oidc_issuer', f'https://{values["auth0_domain"]}/')
        port = str(values.get('port', ''))
        if port.isdecimal() and 0 < int(port) < 65536 and not values.get('base_url'):
            values['base_url'] = f'http://localhost:{port}'
        return values

    @model_validator(mode='after')
    def _check_together(self) -> Self:
        if self.is_demo and self.oidc_client_id:
            raise ValueError('OIDC_ISSUER: must be set when OIDC_CLIENT_ID is')
        if not self.is_demo and not self.oidc_client_id:
            raise ValueError('OIDC_CLIENT_ID: must be set when OIDC_ISSUER is')
        if self.is_demo and not self.is_loopback:
            raise ValueError(
                'OIDC_ISSUER: must be set when BASE_URL is public; the demo provider signs in everybody who asks'
            )
        is_here = self.host == 'localhost' or is_loopback_address(self.host)
        if self.is_demo and not is_here and not self.demo_allow_remote:
            raise ValueError(
                'HOST: must be localhost while the demo provider signs in everybody who asks; set OIDC_ISSUER, or, in '
                'a container that only this machine reaches, DEMO_ALLOW_REMOTE=true'
            )
        if not self.is_loopback and self.secret_key is None:
            raise ValueError('SECRET_KEY: must be set when BASE_URL is public')
        if not self.methods:
            raise ValueError('RENEWAL: must contain refresh_token when NATIVE_LOGIN is browser')
        if self.native and not self.is_loopback:
            raise ValueError('NATIVE: cannot be set when BASE_URL is public; the window shows an app on this machine')
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
