"""The cookie of a provider that holds who is signed in there in this browser."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response

from ..records import ProviderSession

SESSION_LIFETIME = 8 * 3600  # seconds


class SessionCookie:
    """Signed with `secret`, for the path of the issuer; each of several providers on one host has its own by `name`.

    Hosts share cookies between their ports, hence the port in its name.
    """

    def __init__(self, issuer: str, secret: bytes, name: str) -> None:
        url = urlsplit(issuer)
        suffix = [name] if name else []
        self._name = '_'.join(['demo_provider', str(url.port or url.scheme), *suffix])
        self._path = url.path or '/'
        self._serializer = URLSafeSerializer(secret, '-'.join(['demo-provider-session', *suffix]))

    def read(self, http: Request) -> ProviderSession | None:
        try:
            return ProviderSession(**self._serializer.loads(http.cookies.get(self._name, '')))
        except (BadSignature, TypeError):
            return None

    def write(self, response: Response, session: ProviderSession) -> None:
        response.set_cookie(
            self._name,
            self._serializer.dumps(asdict(session)),
            max_age=SESSION_LIFETIME,
            path=self._path,
            httponly=True,
            samesite='lax',
        )

    def delete(self, response: Response) -> None:
        response.delete_cookie(self._name, path=self._path)
