"""A sign-in that the provider, or another site, begins by posting a form (OpenID Connect Core §4).

The browser withholds our cookie from such a post, so that it is answered with a redirect to the same step by `GET`.
"""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from ...errors import InvalidResponse
from ...settings import Settings
from ..host_names import redirect_to_step
from ..links import LOGIN_PATH
from .form_post import FORM, keep_storage

MAX_FORM = 16 * 1024  # bytes
PARAMETERS = ('iss', 'login_hint', 'target_link_uri')


async def initiated_login(settings: Settings, request: Request) -> Response:
    """Send the browser on to where `GET` begins the sign-in; nothing else goes along.

    Raises `InvalidResponse` if that is no form, or a larger one than any that is meant for us.
    """
    if request.headers.get('Content-Type', '').partition(';')[0].strip().lower() != FORM:
        raise InvalidResponse('a sign-in was begun with something else than a form')
    if int(request.headers.get('Content-Length') or MAX_FORM + 1) > MAX_FORM:
        raise InvalidResponse(f'the form is larger than {MAX_FORM} bytes')
    form = await request.form()
    given = {name: value for name in PARAMETERS if isinstance(value := form.get(name), str)}
    keep_storage(request)
    return redirect_to_step(settings, f'{LOGIN_PATH}?{urlencode(given)}')
