"""The demo API: a few messages, which one may read or write with an access token that allows it."""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ..api.token_refused import TokenRefused
from ..errors import TransientError
from .bearer import REALM, Bearer
from .people import BY_SUBJECT

READ, WRITE = 'read:messages', 'write:messages'
MAX_TEXT, MAX_BODY = 280, 4096  # characters, bytes
MAX_MESSAGES = 20  # the oldest make place


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody posted; `posted_at` in seconds since the epoch."""

    author: str
    text: str
    posted_at: int


class NoMessage(ValueError):
    """What was posted cannot be one; the text says why."""


class DemoApi:
    """An ASGI app: `GET /public` for everybody, `GET /private` and `POST /messages` with a token."""

    def __init__(self, bearer: Bearer) -> None:
        self._bearer = bearer
        self._messages: deque[Message] = deque(maxlen=MAX_MESSAGES)
        self.app = Starlette(
            routes=[
                Route('/public', self.public),
                Route('/private', self.private),
                Route('/messages', self.post, methods=['POST']),
            ],
            exception_handlers={**REFUSALS, NoMessage: _explain},
        )

    async def public(self, _: Request) -> Response:
        """No token is needed."""
        return answer({'message': 'Hello! Everybody may read this, with or without an access token.'})

    async def private(self, request: Request) -> Response:
        """Who asks, with which scope, and the messages."""
        claims = await self._bearer.check(request.headers.get('Authorization', ''), READ)
        return answer(
            {
                'you': {'sub': claims['sub'], 'name': name_of(claims['sub'])},
                'scope': claims['scope'],
                'messages': [asdict(message) for message in self._messages],
            }
        )

    async def post(self, request: Request) -> Response:
        """Post a message."""
        claims = await self._bearer.check(request.headers.get('Authorization', ''), WRITE)
        message = Message(name_of(claims['sub']), await _text(request), int(time.time()))
        self._messages.append(message)
        return answer({'posted': asdict(message)}, 201)


def name_of(subject: str) -> str:
    """What the person with this `sub` is called."""
    person = BY_SUBJECT.get(subject)
    return person.name if person else subject


async def _text(request: Request) -> str:
    """The text of the message in the body; raises `NoMessage`."""
    body = b''
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise NoMessage(f'The body is longer than {MAX_BODY} bytes.')
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise NoMessage('The body is no JSON.') from None
    text = document.get('text') if isinstance(document, dict) else None
    text = text.strip() if isinstance(text, str) else ''
    if not text:
        raise NoMessage('The body must be {"text": "..."} with a text that is not empty.')
    if len(text) > MAX_TEXT:
        raise NoMessage(f'The text is longer than {MAX_TEXT} characters.')
    if not text.isprintable():
        raise NoMessage('The text must be a single line without control characters.')
    return text


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, TokenRefused)  # noqa: S101 - it is registered for no other
    body = {'error': error.error} if error.error else {}
    headers = {'WWW-Authenticate': error.challenge(REALM)}
    return answer({**body, 'error_description': error.description}, error.status, headers)


async def _cannot_check(*_: object) -> Response:
    """The keys are not to be had, so nobody can say whether the token is good; it is not called bad."""
    description = 'The token cannot be checked right now: the keys of the provider are out of reach.'
    return answer({'error': 'temporarily_unavailable', 'error_description': description}, 503)


async def _explain(_: Request, error: Exception) -> Response:
    return answer({'error': 'invalid_request', 'error_description': str(error)}, 400)


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON that nobody keeps."""
    return JSONResponse(body, status_code=status, headers={'Cache-Control': 'no-store', **(headers or {})})


REFUSALS: dict[Any, Any] = {TokenRefused: _refuse, TransientError: _cannot_check}  # as Starlette's exception handlers
