"""The cookie of a `User`'s browser, set by the very middleware that sets it in the app."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httpx
from nicegui.testing import User
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..app_context import AppContext
from ..web.browser import BrowserCookie, cookie_name


async def visit(user: User, context: AppContext, change: Callable[[Request], Awaitable[None]]) -> None:
    """Let `change` answer one request of the user's browser, which keeps the cookie that it gets by that.

    From then on the browser goes by the app's own address, where cookies that are for https only are sent, too.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await change(Request(scope, receive))
        await Response()(scope, receive, send)

    front = BrowserCookie(answer, settings=context.settings, secret_key=context.secret_key, clock=context.clock)
    shown = forget(user, context)
    go_to_app(user, context)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(front), base_url=user.http_client.base_url, cookies=shown
    ) as browser:
        user.http_client.cookies.update((await browser.get('/')).cookies)


def go_to_app(user: User, context: AppContext) -> None:
    """Open pages at the app's own address from now on."""
    url = urlsplit(context.settings.base_url)
    user.http_client.base_url = httpx.URL(f'{url.scheme}://{url.netloc}')


def forget(user: User, context: AppContext) -> dict[str, str]:
    """The browser has our cookie no more, whatever address it is of; the cookie that it had."""
    jar, name = user.http_client.cookies.jar, cookie_name(context.settings)
    had: dict[str, str] = {}
    for cookie in [cookie for cookie in jar if cookie.name == name]:
        had[name] = cookie.value or ''
        jar.clear(cookie.domain, cookie.path, name)
    return had
