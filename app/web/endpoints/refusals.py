"""What is answered to whoever is not let in: in words, never cached, with a challenge where a token would help."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from ...api.token_refused import TokenRefused
from ...errors import AuthError, StoreFailed


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer: its status, what it says to people, its headers."""

    status: int
    words: str
    headers: dict[str, str]

    def response(self) -> Response:
        """The answer as FastAPI gives it to an `HTTPException`, for whoever does without FastAPI."""
        return JSONResponse({'detail': self.words}, self.status, self.headers)


def refusal(error: TokenRefused | AuthError, realm: str) -> Refusal:
    """The answer to this error: 401 or 403 with a challenge (RFC 6750 §3), 503 where nobody can say who it is."""
    no_store = {'Cache-Control': 'no-store'}
    if isinstance(error, TokenRefused):
        return Refusal(error.status, error.description, {'WWW-Authenticate': error.challenge(realm), **no_store})
    return Refusal(503, MEMORY if isinstance(error, StoreFailed) else KEYS, no_store)


MEMORY = 'Nobody can say right now who you are, since this app cannot reach its own memory. Try again in a moment.'
KEYS = 'The access token cannot be checked right now, since the sign-in service is out of reach. Try again in a moment.'
