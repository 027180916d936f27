"""All that the app sends to its providers, which are in this process."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from starlette.types import Receive, Scope, Send

from tests.provider import RecordingProvider

HOME, WORK = 'home', 'work'


@dataclass(frozen=True, slots=True)
class Sent:
    """One request: to which provider, at which path, and everything in it that could be a secret."""

    to: str
    path: str
    text: str


class Network:
    """An ASGI app that is each of the providers at its own port, and writes down what it is asked."""

    def __init__(self, providers: dict[str, RecordingProvider]) -> None:
        self._by_port = {httpx.URL(provider.issuer).port: provider for provider in providers.values()}
        self.sent: list[Sent] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        provider = self._by_port[scope['server'][1]]
        message = await receive()
        head = b' '.join([scope['query_string'], *(value for _, value in scope['headers'])])
        self.sent.append(Sent(provider.name, scope['path'], (head + b' ' + message.get('body', b'')).decode()))
        messages = [message]

        async def replay() -> object:
            return messages.pop() if messages else await receive()

        await provider(scope, replay, send)  # type: ignore[arg-type]

    def to(self, name: str, path: str = '') -> list[Sent]:
        """What this provider was sent, at this path or anywhere."""
        return [sent for sent in self.sent if sent.to == name and sent.path.endswith(path)]

    def had(self, name: str, secrets: set[str]) -> bool:
        """Whether any of these went to this provider."""
        return any(secret in sent.text for sent in self.to(name) for secret in secrets)
