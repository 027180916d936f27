"""An `httpx` client that calls an API in a person's name, for whoever writes the calls themselves."""

from __future__ import annotations

import httpx

from ..oidc.http import TIMEOUT, no_cookies
from ..renewal.live_session import LiveSession
from ..renewal.tokens.held_session import HeldSession
from ..settings import LOOPBACK_HOSTS
from .bearer_auth import BearerAuth


def user_client(
    session: LiveSession | HeldSession,
    base_url: str,
    audience: str | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
) -> httpx.AsyncClient:
    """A client for the API at `base_url` that has the session's access token; to be closed, best by `async with`.

    The token is renewed before a call where it has to be, and once more where the API refuses it (401). It goes to the
    origin of `base_url` alone, whatever address a call has; redirects are not followed unless a call asks for that, and
    none takes the token elsewhere. Each step of a call has ten seconds; how much is read is up to whoever calls. The
    client keeps no cookies, and none of it outlives the session: each call raises what `LiveSession.access_token` does.

    `audience` is the API that the token is for, as the provider knows it; None, or OIDC_AUDIENCE: the session's own
    token. Raises `ValueError` for a `base_url` that is neither https nor on this machine.
    """
    url = _checked(base_url)
    return httpx.AsyncClient(
        base_url=url,
        auth=BearerAuth(session, url, audience),
        timeout=TIMEOUT,
        cookies=no_cookies(),
        follow_redirects=False,
        trust_env=url.host not in LOOPBACK_HOSTS,  # no proxy between us and ourselves
        transport=transport,
    )


def _checked(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise ValueError(f'{base_url!r} is no URL: {error}') from error
    if not url.host or not (url.scheme == 'https' or (url.scheme == 'http' and url.host in LOOPBACK_HOSTS)):
        raise ValueError(f'{base_url!r} must be https unless it is on this machine, since a token goes there')
    return url
