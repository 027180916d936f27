"""What all checks share: the settings as far as they make sense, and what the provider has answered so far."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal, Self
from urllib.parse import quote_plus, urlsplit

from starlette.applications import Starlette
from starlette.routing import Mount

from ..clock import Clock
from ..demo.demo import demo_provider
from ..errors import ProviderUnreachable
from ..oidc.authorization import AuthorizationRequest, authorization_request, silent_authorization_request
from ..oidc.endpoints.end_session import end_session_url
from ..oidc.http import bare, http_client, in_process_client
from ..oidc.metadata import Metadata, Registration, strings
from ..oidc.probe import Probe, Reply
from ..oidc.tokens import TokenRequest, code_token_request, refresh_token_request
from ..settings import LOOPBACK_HOSTS, Settings
from .answer import Answer, answer_of, no_answer
from .finding import CannotTell
from .reading import Reading
from .site import is_within, origin

UNKNOWN = 'doctor-' + secrets.token_hex(8)  # a client ID, and a host, that no provider knows
SHORTEST_SECRET = 8  # characters; a shorter text may well be there for another reason
CONTROL_URI = f'https://{UNKNOWN}.invalid/callback'  # nobody can register it (RFC 2606 §2)
_ADDRESSES = ('issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri')
NO_FRAME = 'no silent frame is ever opened (see RENEWAL and NATIVE_LOGIN)'

# A stranger's client ID cannot be known; an impostor has ours, with a secret that cannot be right.
Asker = Literal['us', 'stranger', 'impostor']


@dataclass
class Examination:
    """One run of the checks, at one provider; where there are several, `each` are those of these.

    `document` is the discovery document, None until it is found. `client_is_accepted` is whether the token endpoint
    accepts the client, None while that is not known.
    """

    reading: Reading
    probe: Probe
    clock: Clock
    document: dict[str, Any] | None = None
    client_is_accepted: bool | None = None
    each: tuple[Examination, ...] = ()
    _answers: dict[str, Answer] = field(default_factory=dict)
    _replies: dict[str, Reply] = field(default_factory=dict)
    _unreachable: dict[str, Answer] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def of(cls, reading: Reading, probe: Probe | None = None, clock: Clock | None = None) -> AsyncIterator[Self]:
        """An examination of these settings; with no issuer, of a demo provider that lives only in this process."""
        clock, readings = clock or Clock(), reading.each()
        async with AsyncExitStack() as stack:
            each = [await stack.enter_async_context(cls._of_one(one, probe, clock)) for one in readings]
            yield each[0] if len(each) == 1 else cls(reading, each[0].probe, clock, each=tuple(each))

    @classmethod
    @asynccontextmanager
    async def _of_one(cls, reading: Reading, probe: Probe | None, clock: Clock) -> AsyncIterator[Self]:
        if probe is None and reading.settings and reading.settings.is_demo:
            # In memory, so that it disturbs no app that runs; made elsewhere, since its key takes a moment.
            settings = reading.settings.model_copy(update={'data_dir': None})
            demo = await asyncio.to_thread(demo_provider, settings, secrets.token_urlsafe(48))
            app = Starlette(routes=[Mount(urlsplit(settings.issuer).path, demo.app)])
            probe = Probe(in_process_client(app), clock)
            close = demo.close
        else:
            probe, close = probe or Probe(http_client(), clock), lambda: None
        if reading.settings and (secret := reading.settings.oidc_client_secret):
            texts = _forms(reading.settings.client_id, secret.get_secret_value())
            probe.hidden |= frozenset(text for text in texts if len(text) >= SHORTEST_SECRET)
        try:
            yield cls(reading, probe, clock)
        finally:
            await probe.close()
            close()

    @property
    def settings(self) -> Settings:
        if self.reading.settings is None:
            raise CannotTell('The settings have to be mended first.')
        return self.reading.settings

    def need(self, *names: str) -> None:
        """Raises `CannotTell` if one of these settings makes no sense."""
        broken = [name.upper() for name in names if name in self.reading.broken]
        if broken:
            raise CannotTell(f'{broken[0]} has to be mended first.')

    @property
    def discovered(self) -> dict[str, Any]:
        """The discovery document, with whatever is wrong with it."""
        if self.document is None:
            raise CannotTell('There is no discovery document to go by.')
        return self.document

    def url(self, name: str) -> str:
        """An address in the discovery document that can be asked."""
        value = self.discovered.get(name)
        if not isinstance(value, str) or not value.startswith(('https://', 'http://')):
            raise CannotTell(f'The discovery document has no {name}.')
        return value

    @cached_property
    def registration(self) -> Registration:
        """What we are to the provider."""
        self.need('oidc_client_id')
        secret = self.settings.oidc_client_secret
        return Registration(
            self.settings.client_id,
            self.settings.scope,
            secret.get_secret_value() if secret else None,
            self.settings.oidc_audience,
        )

    def metadata(self) -> Metadata:
        """The discovery document as the app reads it, but leniently: an empty text for what is missing."""
        found = self.discovered
        texts = {name: found[name] if isinstance(found.get(name), str) else '' for name in _ADDRESSES}
        return Metadata(
            **texts,
            userinfo_endpoint=None,
            end_session_endpoint=None,
            response_modes=strings(found.get('response_modes_supported'), ['query', 'fragment']),
            id_token_algorithms=strings(found.get('id_token_signing_alg_values_supported'), ['RS256']),
            token_auth_methods=strings(found.get('token_endpoint_auth_methods_supported'), ['client_secret_basic']),
            promises_iss=found.get('authorization_response_iss_parameter_supported') is True,
            revocation_endpoint=None,
            revocation_auth_methods=frozenset(),
            prompts=frozenset(),
            auth_algorithms=strings(found.get('token_endpoint_auth_signing_alg_values_supported'), []),
            pushed_authorization_request_endpoint=None,
            requires_pushed_requests=False,
        )

    def callback_request(self, redirect_uri: str) -> AuthorizationRequest:
        """The request of a sign-in, with `prompt=none`, so that no page has to be shown."""
        return authorization_request(self.metadata(), self.registration, redirect_uri, prompt='none')

    async def callback(self) -> Answer:
        """The answer to a request that leads to /callback."""
        return await self._asked('callback', self.callback_request(self.settings.callback_uri))

    async def sign_in(self) -> Answer:
        """The answer to a sign-in that may show a page, which tells a refusal from a dislike of `prompt=none`."""
        request = authorization_request(self.metadata(), self.registration, self.settings.callback_uri)
        return await self._asked('sign-in', request)

    async def silent(self) -> Answer:
        """The answer to the very request that the silent frame makes."""
        request = silent_authorization_request(self.metadata(), self.registration, self.settings.silent_uri)
        return await self._asked('silent', request)

    async def silent_without_mode(self) -> Answer:
        """The answer to a request that leads to /silent and asks for no `response_mode`."""
        return await self._asked('silent without mode', self.callback_request(self.settings.silent_uri))

    async def control(self) -> Answer:
        """The answer to a redirect URI that cannot be registered."""
        return await self._asked('control', self.callback_request(CONTROL_URI))

    async def stranger(self) -> Answer:
        """The answer to a client that the provider cannot know."""
        stranger = Registration(UNKNOWN, self.settings.scope)
        uri = self.settings.callback_uri
        return await self._asked('stranger', authorization_request(self.metadata(), stranger, uri, prompt='none'))

    async def made_up_code(self, by: Asker = 'us') -> Reply:
        """The token endpoint's answer to a code that cannot be valid. Raises `ProviderUnreachable`."""
        request = self.callback_request(self.settings.callback_uri)
        post = code_token_request(self.metadata(), self._asker(by), request, f'{UNKNOWN}-code')
        return await self._redeemed(f'code {by}', post)

    async def made_up_refresh_token(self, by: Asker = 'us') -> Reply:
        """The token endpoint's answer to a refresh token that cannot be valid. Raises `ProviderUnreachable`."""
        post = refresh_token_request(self.metadata(), self._asker(by), f'{UNKNOWN}-refresh-token')
        return await self._redeemed(f'refresh token {by}', post)

    def _asker(self, by: Asker) -> Registration:
        if by == 'us':
            return self.registration
        if by == 'impostor':
            return replace(self.registration, client_secret=UNKNOWN)
        return Registration(UNKNOWN, self.settings.scope, UNKNOWN if self.registration.client_secret else None)

    async def _redeemed(self, name: str, post: TokenRequest) -> Reply:
        """The answer of the token endpoint, which is asked once; nothing secret goes where it may be read, or taken."""
        if not _is_theirs(self.discovered.get('issuer'), self.settings.issuer):
            raise CannotTell('The secret is not sent before OIDC_ISSUER is mended.')
        url = urlsplit(self.url('token_endpoint'))
        if url.scheme != 'https' and url.hostname not in LOOPBACK_HOSTS:
            raise CannotTell('The token endpoint is not https, so the client’s secret was not sent there.')
        if name not in self._replies:
            self._replies[name] = await self.probe.look('POST', post.url, headers=post.headers, content=post.body)
        return self._replies[name]

    async def end_session(self, uri: str) -> Answer:
        """The answer to a logout that is to lead to `uri`, without a hint, since nobody is signed in."""
        metadata = replace(self.metadata(), end_session_endpoint=self.url('end_session_endpoint'))
        url = end_session_url(metadata, self.registration, uri, None) or ''
        return await self._ask(f'end session {uri}', url, uri)

    async def _ask(self, name: str, url: str, redirect_uri: str) -> Answer:
        """Go to the URL as a browser would, but not back to `redirect_uri`.

        Each name is asked once, and an endpoint that did not answer is left alone: it would take as long again.
        """
        endpoint = bare(url)
        if name not in self._answers and endpoint in self._unreachable:
            self._answers[name] = self._unreachable[endpoint]
        if name not in self._answers:
            within = partial(
                is_within,
                issuer=self.settings.issuer,
                endpoint=self.url('authorization_endpoint'),
                base_url=self.settings.base_url,
                redirect_uri=redirect_uri,
            )
            try:
                replies = await self.probe.walk(url, within)
                self._answers[name] = answer_of(replies, redirect_uri)
            except ProviderUnreachable as error:
                self._answers[name] = self._unreachable[endpoint] = no_answer(str(error))
        return self._answers[name]

    async def _asked(self, name: str, request: AuthorizationRequest) -> Answer:
        self.need('base_url')
        self.url('authorization_endpoint')
        return await self._ask(name, request.url, request.redirect_uri)


def _is_theirs(named: object, configured: str) -> bool:
    """Whether the document is by the configured issuer, or differs from it in its path only (a slash too many)."""
    try:
        return isinstance(named, str) and origin(named) == origin(configured)
    except ValueError:
        return False


def _forms(client_id: str, secret: str) -> set[str]:
    """How a provider may echo the secret: as it is, as in a form, and as in the header (RFC 6749 §2.3.1)."""
    pairs = [f'{client_id}:{secret}', f'{quote_plus(client_id)}:{quote_plus(secret)}']
    return {secret, quote_plus(secret), *(b64encode(pair.encode()).decode() for pair in pairs)}
