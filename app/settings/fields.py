"""Everything that can be set, and which values make sense, each by itself."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from .addresses import LOOPBACK_HOSTS as LOOPBACK_HOSTS
from .addresses import Network, networks, prefix_path, public_url
from .language import language_tag
from .provider import (
    AudienceParameter,
    InternalUrl,
    IssuerUrl,
    LinkParams,
    Names,
    Params,
    Provider,
    ResponseMode,
    Scope,
    WhenToPush,
    split_names,
)
from .providers import WrittenProviders, checked_providers

HOST_NAME = re.compile(r'[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*')
MIN_KEY_LENGTH = 32  # characters
LONGEST_COOKIE, SHORTEST_COOKIE = 400 * 86_400, 60  # seconds; no browser keeps one for longer
RenewalMethod = Literal['iframe', 'refresh_token']
HintPolicy = Literal['auto', 'always', 'never']
NativeLogin = Literal['window', 'browser']
AfterLimit = Literal['login', 'select_account', 'off']
LogoutMethod = Literal['get', 'post']
Revocation = Literal['auto', 'always', 'never']


UiLanguage = Annotated[str, AfterValidator(language_tag)]


class Fields(BaseSettings):
    """Everything that can be set, each by the environment variable or `.env` line of the same name in upper case."""

    model_config = SettingsConfigDict(env_file='.env', env_ignore_empty=True, extra='ignore', frozen=True)

    auth0_domain: str | None = None  # before OIDC_ISSUER, which is made of it: the first error is the one that is told
    oidc_issuer: IssuerUrl | None = None
    oidc_client_id: str | None = Field(default=None, validation_alias=AliasChoices('oidc_client_id', 'auth0_client_id'))
    oidc_client_secret: SecretStr | None = None
    oidc_label: str = ''
    oidc_scope: Scope | None = None
    oidc_audience: str | None = Field(default=None, validation_alias=AliasChoices('oidc_audience', 'auth0_audience'))
    oidc_audiences: Annotated[Names, NoDecode] = ()
    oidc_audience_parameter: AudienceParameter = 'auto'
    oidc_params: Annotated[Params, NoDecode] = {}
    oidc_link_params: Annotated[LinkParams, NoDecode] = ()
    oidc_internal_issuer: InternalUrl | None = None
    oidc_ca_file: Path | None = None
    oidc_cert_file: Path | None = None
    oidc_key_file: Path | None = None
    oidc_private_key_file: Path | None = None
    oidc_private_key_id: str | None = None
    oidc_team_id: str | None = None
    oidc_par: WhenToPush = 'auto'
    oidc_response_mode: ResponseMode = 'auto'
    oidc_providers: Annotated[tuple[Provider, ...], NoDecode] = ()

    api_url: IssuerUrl | None = None

    base_url: str = 'http://localhost:8080'
    prefix: str = ''
    host: str = 'localhost'
    port: int = Field(default=0, ge=0, le=65535)
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = ()
    secret_key: SecretStr | None = None
    cookie_max_age: int = Field(default=LONGEST_COOKIE, ge=0, le=LONGEST_COOKIE)
    data_dir: Path = Path('.data')
    redis_url: str | None = None

    renewal: Annotated[tuple[RenewalMethod, ...], NoDecode] = ('iframe', 'refresh_token')
    renewal_lead: float = Field(default=60, ge=0)
    renewal_grace: float = Field(default=900, ge=0, allow_inf_nan=False)
    clock_skew: float = Field(default=60, ge=0, le=600)
    silent_timeout: float = Field(default=10, gt=0, le=120)
    ui_language: UiLanguage = 'en'
    hook_timeout: float = Field(default=10, gt=0, le=120)
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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: Source,
        env_settings: Source,
        dotenv_settings: Source,
        file_secret_settings: Source,
    ) -> tuple[Source, ...]:
        """As ever, and what is written of each of the providers that OIDC_PROVIDERS names."""
        written = WrittenProviders(settings_cls, env_settings, dotenv_settings)
        return init_settings, written, env_settings, dotenv_settings, file_secret_settings

    @field_validator('renewal', mode='before')
    @classmethod
    def _split(cls, value: object) -> object:
        return split_names(value)

    @field_validator('renewal')
    @classmethod
    def _check_renewal(cls, value: tuple[RenewalMethod, ...]) -> tuple[RenewalMethod, ...]:
        if not value or len(set(value)) != len(value):
            raise ValueError('must name iframe, refresh_token or both, each once')
        return value

    @field_validator('cookie_max_age')
    @classmethod
    def _check_cookie_max_age(cls, value: int) -> int:
        if 0 < value < SHORTEST_COOKIE:
            raise ValueError(f'must be 0, until the browser is closed, or at least {SHORTEST_COOKIE} seconds')
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

    @field_validator('auth0_domain')
    @classmethod
    def _check_auth0_domain(cls, value: str | None) -> str | None:
        if value is not None and not HOST_NAME.fullmatch(value):
            raise ValueError('must be a host name, such as example.eu.auth0.com')
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
        if given := values.get('oidc_providers'):
            values['oidc_providers'] = checked_providers(given, values)
        port = str(values.get('port', ''))
        if port.isdecimal() and 0 < int(port) < 65536 and not values.get('base_url'):
            values['base_url'] = f'http://localhost:{port}'
        return values

    @field_validator('oidc_providers', mode='before')
    @classmethod
    def _leave_to_derive(cls, value: object) -> object:
        return () if isinstance(value, str) else value  # the names alone; the source below has the rest
