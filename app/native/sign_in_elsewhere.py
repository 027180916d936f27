"""Signing in in the system's browser, for a window that waits (RFC 8252 §4.1)."""

from __future__ import annotations

from app.clock import Clock
from app.native.system_browser import SystemBrowser
from app.oidc.provider import Provider
from app.sessions.sign_in import SignIn
from app.sessions.store import SessionStore


async def sign_in_elsewhere(
    system_browser: SystemBrowser,
    *,
    provider: Provider,
    store: SessionStore,
    clock: Clock,
    redirect_uri: str,
    browser: str,
    return_to: str,
    prompt: str | None,
) -> str:
    """The path that finishes the sign-in, for the window to open: only an answer to itself can set its cookie.

    `browser` is the window. Raises what `Provider.sign_in_request` and `SystemBrowser.authorize` raise.
    """
    request = await provider.sign_in_request(redirect_uri, prompt)
    await store.begin_sign_in(SignIn.begin(request, return_to, browser, clock.now(), frame_works=False))
    response = await system_browser.authorize(request.url)
    return f'/callback?{response.query()}'
