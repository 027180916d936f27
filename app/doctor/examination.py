"""What all checks share: the settings as far as they make sense, and what the provider has answered so far."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.routing import Mount

from ..clock import Clock
from ..demo.demo import demo_provider
from ..errors import DiscoveryInvalid, ProviderUnreachable, SettingsError
from ..oidc.authorization import AuthorizationRequest, authorization_request, silent_authorization_request
from ..oidc.client_auth import configured
from ..oidc.client_auth.credential import MutualTls, PrivateKeyJwt
from ..oidc.client_auth.request import ready
from ..oidc.endpoints.end_session import end_session_url
from ..oidc.endpoints.pushed_authorization import is_pushed, pushed_authorization_request, pushed_url
from ..oidc.endpoints.server_address import ServerAddress, with_mtls_aliases
from ..oidc.http import bare, in_process_client
from ..oidc.metadata import Metadata, Registration
from ..oidc.probe import Probe, Reply
from ..oidc.tokens import TokenRequest, code_token_request, refresh_token_request
from ..settings import LOOPBACK_HOSTS, Settings
from .answer import Answer, answer_of, no_answer
from .finding import CannotTell
from .reading import Reading, lenient_metadata, probe_of, secret_forms
from .site import is_theirs, is_within

UNKNOWN = 'doctor-' + secrets.token_hex(8)  # a client ID, and a host, that no provider knows
SHORTEST_SECRET = 8  # characters; a shorter text may well be there for another reason
CONTROL_URI = f'https://{UNKNOWN}.invalid/callback'  # nobody can register it (RFC 2606 §2)
NO_FRAME = 'no silent frame is ever opened (see RENEWAL and NATIVE_LOGIN)'

# A stranger's client ID cannot be known; an impostor has ours, with a secret that cannot be right.
Asker = Literal['us', 'stranger', 'impostor']


@dataclass
class Examination:
    """One run of the checks, at one provider; where there are several, `each` are those of these.

    `document` is the discovery document, None until it is found. `client_is_accepted` is whether the token endpoint
    accepts the client, None while that is not known. `unusable` is what is wrong with a certificate of the connections.
    """

    reading: Reading
    probe: Probe
    clock: Clock
    document: dict[str, Any] | None = None
    client_is_accepted: bool | None = None
    each: tuple[Examination, ...] = ()
    unusable: SettingsError | None = None
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
        unusable: SettingsError | None = None
        close: Callable[[], None]
        if probe is None and reading.settings and reading.settings.is_demo:
            # In memory, so that it disturbs no app that runs; made elsewhere, since its key takes a moment.
            settings = reading.settings.model_copy(update={'data_dir': None})
            demo = await asyncio.to_thread(demo_provider, settings, secrets.token_urlsafe(48))
            app = Starlette(routes=[Mount(urlsplit(settings.issuer).path, demo.app)])
            probe = Probe(in_process_client(app), clock)
            close = demo.close
        else:
            close = _nothing
            if probe is None:
                probe, unusable = probe_of(reading, clock)
        if reading.settings and (secret := reading.settings.oidc_client_secret):
            texts = secret_forms(reading.settings.client_id, secret.get_secret_value())
            probe.hidden |= frozenset(text for text in texts if len(text) >= SHORTEST_SECRET)
        try:
            yield cls(reading, probe, clock, unusable=unusable)
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
        try:
            return configured.registration(self.settings)
        except SettingsError as error:
            raise CannotTell(f'{str(error).split(":")[0]} has to be mended first.') from error

    @property
    def address(self) -> ServerAddress | None:
        """Where the server reaches the provider, None if by its issuer."""
        internal = self.settings.oidc_internal_issuer
        return ServerAddress(self.settings.issuer, internal) if internal else None

    def seen_from_server(self, url: str) -> str:
        """Where the app asks for what is at this address."""
        return self.address.seen_from_server(url) if self.address else url

    def found(self, document: dict[str, Any] | None) -> None:
        """This is the discovery document, read as this client reads it."""
        shows_certificate = self.settings.provider.cert_file is not None and _shows_certificate(self)
        self.document = with_mtls_aliases(document) if document is not None and shows_certificate else document

    def metadata(self) -> Metadata:
        """The discovery document as the app reads it, but leniently: an empty text for what is missing."""
        return lenient_metadata(self.discovered, self.address)

    def callback_request(self, redirect_uri: str) -> AuthorizationRequest:
        """The request of a sign-in, with `prompt=none`, so that no page has to be shown."""
        params = {name: value for name, value in self.registration.params.items() if name != 'prompt'}
        return authorization_request(self.metadata(), self.registration, redirect_uri, params, prompt='none')

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
        uri = self.settings.callback_uri
        request = authorization_request(self.metadata(), Registration(UNKNOWN, self.settings.scope), uri, prompt='none')
        return await self._asked('stranger', request, 'stranger')

    async def made_up_code(self, by: Asker = 'us') -> Reply:
        """The token endpoint's answer to a code that cannot be valid. Raises `ProviderUnreachable`."""
        request = self.callback_request(self.settings.callback_uri)
        post = code_token_request(self.metadata(), await self._asker(by), request, f'{UNKNOWN}-code')
        return await self._redeemed(f'code {by}', post)

    async def made_up_refresh_token(self, by: Asker = 'us') -> Reply:
        """The token endpoint's answer to a refresh token that cannot be valid. Raises `ProviderUnreachable`."""
        post = refresh_token_request(self.metadata(), await self._asker(by), f'{UNKNOWN}-refresh-token')
        return await self._redeemed(f'refresh token {by}', post)

    async def _asker(self, by: Asker) -> Registration:
        """Who asks, ready to; what is secret in it is hidden from now on. Raises `ClientSecretUnavailable`."""
        known = self.registration
        if isinstance(known.credential, PrivateKeyJwt | MutualTls):
            return await ready(known if by == 'us' else replace(known, client_id=UNKNOWN), self.clock.now())
        if by == 'us':
            shown = await ready(known, self.clock.now())
            self.hide(secret_forms(shown.client_id, shown.client_secret or ''))
            return shown
        secret = UNKNOWN if known.client_secret or known.credential else None
        if by == 'impostor':
            return replace(known, credential=None, client_secret=UNKNOWN)
        return Registration(UNKNOWN, self.settings.scope, secret)

    def hide(self, texts: set[str]) -> None:
        """None of these is shown, in whatever the provider says."""
        self.probe.hidden |= frozenset(text for text in texts if len(text) >= SHORTEST_SECRET)

    async def _redeemed(self, name: str, post: TokenRequest) -> Reply:
        """The answer of the token endpoint, which is asked once; nothing secret goes where it may be read, or taken."""
        if not is_theirs(self.discovered.get('issuer'), self.settings.issuer):
            raise CannotTell('The secret is not sent before OIDC_ISSUER is mended.')
        self.url('token_endpoint')
        url = urlsplit(post.url)
        is_internal = self.address is not None and self.address.is_internal(post.url)
        if url.scheme != 'https' and url.hostname not in LOOPBACK_HOSTS and not is_internal:
            raise CannotTell('The token endpoint is not https, so the client’s secret was not sent there.')
        if name not in self._replies:
            self._replies[name] = await self._posted(post)
        return self._replies[name]

    async def _posted(self, post: TokenRequest) -> Reply:
        self.hide(set(parse_qs(post.body).get('client_assertion', [])))
        return await self.probe.look('POST', post.url, headers=post.headers, content=post.body)

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

    async def _asked(self, name: str, request: AuthorizationRequest, by: Asker = 'us') -> Answer:
        self.need('base_url')
        self.url('authorization_endpoint')
        if name in self._answers or not is_pushed(self.metadata(), self.registration):
            return await self._ask(name, request.url, request.redirect_uri)
        return await self._pushed(name, request, by)

    async def _pushed(self, name: str, request: AuthorizationRequest, by: Asker) -> Answer:
        """The answer to a request that is pushed first, which is where it is refused (RFC 9126 §2.3)."""
        if not is_theirs(self.discovered.get('issuer'), self.settings.issuer):
            raise CannotTell('The secret is not sent before OIDC_ISSUER is mended.')
        metadata, asker = self.metadata(), await self._asker(by)
        try:
            post = pushed_authorization_request(metadata, asker, request)
        except DiscoveryInvalid:
            raise CannotTell('There is nowhere to push requests to.') from None
        try:
            reply = await self._posted(post)
        except ProviderUnreachable as error:
            self._answers[name] = no_answer(str(error))
            return self._answers[name]
        request_uri = (reply.document or {}).get('request_uri')
        if reply.status >= 300 or not isinstance(request_uri, str):
            self._answers[name] = answer_of([reply], request.redirect_uri)
            return self._answers[name]
        return await self._ask(name, pushed_url(metadata, asker, request_uri), request.redirect_uri)


def _nothing() -> None:
    """Nothing has to be closed."""


def _shows_certificate(examination: Examination) -> bool:
    try:
        return isinstance(examination.registration.credential, MutualTls)
    except CannotTell:
        return False
