"""A person with a browser that reaches the app and several providers, over HTTP."""

from __future__ import annotations

from html import unescape
from urllib.parse import urlsplit

import httpx

from tests.person import Person
from tests.provider import RecordingProvider
from tests.several.network import HOME


class Traveller(Person):
    """Signs in at whichever provider is named; at `home` unless a test says otherwise."""

    def __init__(self, providers: dict[str, RecordingProvider]) -> None:
        super().__init__(providers[HOME])
        self.providers = providers
        transports = {provider.issuer: httpx.ASGITransport(provider) for provider in providers.values()}
        self.http = httpx.AsyncClient(base_url=self.http.base_url, transport=self.http._transport, mounts=transports)

    async def sign_in_at(self, provider: str, name: str = 'alice', return_to: str = '/') -> httpx.Response:
        """All of it; what the callback answered."""
        return await self.get(await self.answer_of(provider, name, return_to))

    async def answer_of(self, provider: str, name: str = 'alice', return_to: str = '/') -> str:
        """Where this provider sends the browser when the person has signed in there."""
        login = await self.get('/login', return_to=return_to, provider=provider)
        location, issuer = login.headers['Location'], self.providers[provider].issuer
        assert location.startswith(f'{issuer}/authorize?'), location
        clicked = await self.http.post(f'{issuer}/sign-in', data={'person': name, 'request': urlsplit(location).query})
        return str((await self.get(clicked.headers['Location'])).headers['Location'])


def shown(page: httpx.Response) -> str:
    """What stands in a page of NiceGUI's, with links as they are."""
    return unescape(page.text)
