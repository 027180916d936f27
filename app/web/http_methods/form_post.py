"""The provider's answer in a form that the browser posts (OAuth 2.0 Form Post Response Mode §2).

The post comes from the provider's site, so that the browser withholds our cookie, which is `SameSite=Lax`. It is
answered with a redirect to the same address by `GET`, which the browser sends with the cookie: from there on it is an
answer like any other, and its one-time `state` says whether this browser has asked for it.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...errors import InvalidResponse
from ...oidc.authorization import parse_authorization_response
from ..apple.person_name import names_in
from ..apple.sealed_name import PARAMETER, sealed
from ..host_names import redirect_to_step
from ..middleware import route_path

MAX_BODY = 16 * 1024  # bytes; codes have up to some 4,000, and it becomes a URL, of which servers read 64 kB at most
FORM = 'application/x-www-form-urlencoded'


async def form_post(app_context: AppContext, request: Request) -> Response:
    """Send the browser on to where `GET` takes the answer.

    Only the parameters of an authorization response go along, and the names that Apple sends, encrypted. Raises
    `InvalidResponse` if it is none.
    """
    media_type = request.headers.get('Content-Type', '').partition(';')[0].strip().lower()
    if media_type != FORM:
        raise InvalidResponse(f'the answer was posted as {media_type[:100]!r}, not as a form')
    text = await _text(request)
    response = parse_authorization_response(text)
    if response.is_empty:
        raise InvalidResponse('the form has neither code nor error')
    keep_storage(request)
    names = names_in(dict(parse_qsl(text)).get('user', ''))
    more = {PARAMETER: sealed(app_context, names, response.state)} if names else {}
    query = '&'.join(part for part in (response.query(), urlencode(more)) if part)
    return redirect_to_step(app_context.settings, f'{route_path(request.scope)}?{query}')


def keep_storage(request: Request) -> None:
    """Let no storage cookie go out for a browser that shows none here, or it would lose its `app.storage.user`.

    It may show others, which are `SameSite=None`.
    """
    session = request.scope.get('session')
    if session is not None and not any(_is_storage(cookie, session) for cookie in request.cookies.values()):
        session.clear()


def _is_storage(cookie: str, session: Mapping[str, Any]) -> bool:
    """Whether it is the cookie that the session was read from (Starlette: Base64 of JSON, signed), whatever its name.

    The signature was checked before: of a cookie that is forged, the session has nothing.
    """
    try:
        kept = json.loads(b64decode(cookie.split('.', 1)[0]))
    except (ValueError, RecursionError):
        return False
    return isinstance(kept, dict) and 'id' in kept and kept['id'] == session.get('id')


async def _text(request: Request) -> str:
    """The body, of which no more than `MAX_BODY` is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise InvalidResponse(f'the form is larger than {MAX_BODY} bytes')
    try:
        return body.decode('ascii')  # percent-encoded
    except UnicodeDecodeError as error:
        raise InvalidResponse('the form is not encoded as one') from error
