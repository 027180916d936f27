"""Signing in a visitor whose session at the provider is alive, without a click."""

from __future__ import annotations

import logging

from app.clock import Clock
from app.errors import AppError
from app.oidc.provider import Provider
from app.renewal.frames import Frame
from app.sessions.sign_in import SignIn
from app.sessions.store import SessionStore

log = logging.getLogger(__name__)


async def silent_sign_in(
    frame: Frame,
    *,
    provider: Provider,
    store: SessionStore,
    clock: Clock,
    redirect_uri: str,
    browser: str,
    return_to: str,
) -> str | None:
    """The path that finishes the sign-in, for the browser to open; None if the provider knows of nobody.

    Only an answer over HTTP can set the cookie, so the response takes the same way as any other: through `/callback`.
    """
    try:
        request = await provider.silent_request(redirect_uri)
        await store.begin_sign_in(SignIn.begin(request, return_to, browser, clock.now(), frame_works=True))
        response = await frame.authorize(request.url)
    except AppError as error:
        log.info('no silent sign-in: %s: %s', error.code, error)
        return None
    if response.code is None or response.state != request.state:
        return None
    return f'/callback?{response.query()}'
