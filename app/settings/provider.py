"""One identity provider, as the app is configured for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, TypeAdapter, ValidationError

from .addresses import provider_url
from .sign_in_params import link_names, params_in

AudienceParameter = Literal['auto', 'resource', 'audience', 'scope']
WhenToPush = Literal['auto', 'always', 'never']
ResponseMode = Literal['auto', 'query', 'form_post']
SecretSource = Callable[[], str | Awaitable[str]]  # asked whenever the secret is needed


def split_names(value: object) -> object:
    """The names in a list with commas, if it is written so."""
    return tuple(name.strip() for name in value.split(',') if name.strip()) if isinstance(value, str) else value


def with_openid(scope: str) -> str:
    """Raises `ValueError` for a scope with which nobody signs in (OpenID Connect Core §3.1.2.1)."""
    if 'openid' not in scope.split():
        raise ValueError('must contain openid')
    return scope


IssuerUrl = Annotated[str, AfterValidator(provider_url)]
InternalUrl = Annotated[str, AfterValidator(lambda value: provider_url(value, may_be_plain=True))]
Scope = Annotated[str, AfterValidator(with_openid)]
Params = Annotated[Mapping[str, str], BeforeValidator(params_in)]
Names = Annotated[tuple[str, ...], BeforeValidator(split_names)]
LinkParams = Annotated[tuple[str, ...], BeforeValidator(split_names), AfterValidator(link_names)]


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID provider to sign in at; without an `issuer` a demo provider of this app, on this machine only.

    `name` tells several apart, in addresses and settings (`google`), and `label` is what the button says. `params` are
    added to each sign-in, `link_params` are those that anybody's link to `/login` may set; with neither an
    authorization request has what the app itself asks for. `audiences` are the other APIs that tokens are wanted for,
    any if none is named, and `audience_parameter` is how they are asked for: by RFC 8707, as Auth0 does it, or by scope
    as Entra ID does. `internal_issuer` is where the server reaches the
    provider, if not at its issuer. `ca_file`, `cert_file` and `key_file` are of TLS (PEM; RFC 8705), `private_key_file`
    and `private_key_id` of private_key_jwt (RFC 7523 §2.2), which with a `team_id` make Apple's kind of client secret.
    `client_secret` may be a function that gives it, plain or asynchronous. `par`: whether authorization requests are
    pushed (RFC 9126); `response_mode`: how the answer to a sign-in comes.

    What makes no sense is told by `Auth`, as a `SettingsError`.
    """

    issuer: IssuerUrl | None = None
    client_id: str | None = None
    client_secret: str | SecretSource | None = field(default=None, repr=False)
    _: KW_ONLY
    name: str = ''
    label: str = ''
    scope: Scope | None = None
    audience: str | None = None
    audiences: Names = ()
    audience_parameter: AudienceParameter = 'auto'
    params: Params = field(default_factory=dict)
    link_params: LinkParams = ()
    internal_issuer: InternalUrl | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    private_key_file: Path | None = None
    private_key_id: str | None = None
    team_id: str | None = None
    par: WhenToPush = 'auto'
    response_mode: ResponseMode = 'auto'

    @property
    def title(self) -> str:
        """What people read: the label, else the name, as `Google` for `google`."""
        return self.label or self.name.replace('-', ' ').title()


VALUES = tuple(one.name for one in fields(Provider) if one.name != 'name')  # each has a setting: `oidc_issuer`, ...
_ADAPTER = TypeAdapter(Provider)


def check_provider(given: Provider | Mapping[str, Any]) -> Provider:
    """The provider, every value checked; from the environment it comes as a mapping.

    Raises `ValueError` that begins with the name of the variable that has what makes no sense, or would have it.
    """
    values = {name: getattr(given, name) for name in ('name', *VALUES)} if isinstance(given, Provider) else dict(given)
    try:
        return _ADAPTER.validate_python(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        name = written_name(str(values.get('name') or ''), str(first['loc'][0]))
        raise ValueError(f'{name}: {first["msg"].removeprefix("Value error, ")}') from None


def written_name(name: str, field_name: str) -> str:
    """The variable that has this value of the provider with this name; of the only one, with none."""
    middle = f'{name.upper().replace("-", "_")}_' if name else ''
    return f'OIDC_{middle}{field_name.upper()}'
