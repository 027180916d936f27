"""A person with a browser, over HTTP: cookies and redirects, no JavaScript."""

from __future__ import annotations

from typing import Self
from urllib.parse import parse_qs, urlsplit

import httpx
from nicegui import core

from tests.provider import APP_URL, RecordingProvider


class Person:
    """One browser that reaches the app and the provider, both in this process; `prefix` is the app's setting."""

    prefix = ''

    def __init__(self, provider: RecordingProvider, cookies: httpx.Cookies | None = None) -> None:
        self.provider = provider
        mounts = {provider.issuer: httpx.ASGITransport(provider)}
        transport = httpx.ASGITransport(core.app)
        self.http = httpx.AsyncClient(base_url=APP_URL, transport=transport, mounts=mounts, cookies=cookies)

    @classmethod
    async def signed_in(cls, provider: RecordingProvider, name: str = 'alice') -> Self:
        person = cls(provider)
        assert (await person.sign_in(name)).status_code == 303
        return person

    async def sign_in(self, name: str, return_to: str = '/') -> httpx.Response:
        """All of it; what the callback answered."""
        return await self.get(await self.callback_url(name, return_to))

    async def callback_url(self, name: str, return_to: str = '/') -> str:
        """Begin a sign-in and finish it at the provider: where that sends the browser."""
        login = await self.get(f'{self.prefix}/login', return_to=return_to)
        request = urlsplit(login.headers['Location']).query
        clicked = await self.http.post(f'{self.provider.issuer}/sign-in', data={'person': name, 'request': request})
        return (await self.get(clicked.headers['Location'])).headers['Location']

    async def get(self, url: str, **params: str) -> httpx.Response:
        return await self.http.get(url, params=params or None)

    async def name(self) -> str | None:
        """Who the app says is signed in."""
        page = await self.get('/')
        return next((name for name in ('Alice Adams', 'Bob Brown') if name in page.text), None)

    async def form(self) -> dict[str, str]:
        """What the form on the page that asks before it logs out sends back."""
        page = (await self.get(f'{self.prefix}/logout')).text
        return {name: value_of(page, name) for name in ('session', 'csrf') if f'"{name}"' in page}

    async def log_out(self, form: dict[str, str] | None = None, **headers: str) -> httpx.Response:
        """With this form, else with the one that the page has now."""
        data = await self.form() if form is None else form
        return await self.http.post(f'{self.prefix}/logout', data=data, headers=headers)

    def copy(self) -> Person:
        """Whoever has kept the cookies that this browser has now."""
        return Person(self.provider, httpx.Cookies(self.http.cookies))


def place(response: httpx.Response) -> str:
    """Where a redirect leads within the app; it names that by BASE_URL, so that no header decides where it is."""
    location: str = response.headers['Location']
    assert location.startswith(f'{APP_URL}/'), location
    return location.removeprefix(APP_URL)


def value_of(page: str, name: str) -> str:
    """What the hidden field of this name sends."""
    return page.split(f'"name":"{name}"')[1].split('"value":"')[1].split('"')[0]


def query(url: str) -> dict[str, str]:
    """The parameters of a URL."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
