"""What goes in and out of the demo provider's protocol, in the shapes that Authlib wants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.models import ClientMixin

from .records import ProviderSession

SCOPES = ('openid', 'profile', 'email', 'offline_access', 'read:messages', 'write:messages')
AUTH_METHODS = ('none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt')


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):
    """A registered relying party; with neither a secret nor a key (a JWK) it is a public one."""

    client_id: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    client_secret: str | None = None
    public_key: Mapping[str, Any] | None = None

    @property
    def client_metadata(self) -> dict[str, Any]:
        return {'post_logout_redirect_uris': self.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None  # so a request has to name one

    def get_allowed_scope(self, scope: str | None) -> str:
        return ' '.join(name for name in (scope or '').split() if name in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return self.client_secret is not None and client_secret == self.client_secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        if method == 'private_key_jwt':
            return self.public_key is not None
        if method == 'none':
            return self.client_secret is None and self.public_key is None
        return self.client_secret is not None

    def check_response_type(self, response_type: str) -> bool:
        return response_type == 'code'

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {'authorization_code', 'refresh_token'}


class Request(OAuth2Request):
    """A request as Authlib wants it, from the parameters in the query and in the form."""

    def __init__(
        self,
        method: str,
        uri: str,
        headers: Mapping[str, str],
        pairs: Iterable[tuple[str, str]],
        session: ProviderSession | None = None,
        *,
        is_pushed: bool = False,
    ) -> None:
        super().__init__(method, uri, headers={name.title(): value for name, value in headers.items()})
        self.payload = Payload(pairs)
        self.session = session
        self.is_pushed = is_pushed

    @property
    def args(self) -> dict[str, str]:
        return dict(self.payload.data)

    form = args


class Payload(OAuth2Payload):
    """The parameters, and how often each was sent."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._datalist: dict[str, list[str]] = {}
        for name, value in pairs:
            self._datalist.setdefault(name, []).append(value)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self._datalist.items() for value in values]

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._datalist.items()}

    @property
    def datalist(self) -> dict[str, list[str]]:
        return self._datalist


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers, for the web layer to send."""

    status: int
    body: Any
    headers: list[tuple[str, str]]
