"""People who are signed in in a test, without a provider."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nicegui.testing import User
from starlette.requests import Request

from ..app_context import AppContext
from ..errors import InteractionRequired, SessionEnded, SubjectMismatch
from ..oidc.tokens import Grant, TokenResponse
from ..renewal.events import ChangedElsewhere, Failed, Failure
from ..sessions.browser_record import BrowserRecord, new_browser_id
from ..sessions.session import Ending, Session
from ..web.endpoints.person import scope_names
from ..web.identity import identify
from .browser_cookie import forget, go_to_app, visit
from .world import ROLES, present_world


@dataclass(frozen=True, slots=True)
class Person:
    """What the provider says of somebody."""

    name: str
    email: str
    roles: frozenset[str]
    scopes: frozenset[str]
    claims: Mapping[str, Any]
    provider: str = ''

    def grant(self, context: AppContext, expires_in: float | None) -> Grant:
        """What a sign-in of this person, or a renewal, brings: tokens that nothing accepts."""
        provider = context.providers.named(self.provider) or next(iter(context.providers))
        claims = {
            'iss': provider.issuer,
            'aud': provider.registration.client_id,
            'name': self.name,
            'email': self.email,
            ROLES: sorted(self.roles),
            **self.claims,
        }
        token = f'test-{secrets.token_urlsafe(8)}'
        tokens = TokenResponse(token, None, None, expires_in, ' '.join(sorted(self.scopes)))
        return Grant(tokens, '', claims, context.clock.now())


class SignedIn:
    """Somebody who is signed in, and what happens to their session meanwhile, as if elsewhere."""

    def __init__(self, context: AppContext, person: Person, session_id: str, expires_in: float | None) -> None:
        self._context = context
        self._person = person
        self._session_id = session_id
        self._expires_in = expires_in

    async def renew(
        self,
        *,
        name: str | None = None,
        email: str | None = None,
        roles: Collection[str] | None = None,
        scopes: str | Collection[str] | None = None,
        claims: Mapping[str, Any] | None = None,
        expires_in: float | None = None,
    ) -> None:
        """The session is renewed, and the provider says something else of the person now; the rest stays.

        `renew(roles=[])` takes all roles away. Raises `RuntimeError` if nobody is signed in any more.
        """
        session = await self._session()
        changes: dict[str, Any] = {
            'name': name,
            'email': email,
            'roles': None if roles is None else frozenset(roles),
            'scopes': None if scopes is None else scope_names(scopes),
            'claims': None if claims is None else {**self._person.claims, **claims},
        }
        self._person = replace(self._person, **{key: value for key, value in changes.items() if value is not None})
        self._expires_in = self._expires_in if expires_in is None else expires_in
        grant = self._person.grant(self._context, self._expires_in)
        renewed = session.renewed(grant, 'iframe')
        await self._change(session, renewed)
        self._context.hooks.renewed(renewed)

    async def log_out(self) -> None:
        """The person logs out in another tab, or an administrator ends their session."""
        now = self._context.clock.now()
        ended = await self._context.store.end(self._session_id, Ending(SessionEnded.code, now))
        self._context.registry.end(self._session_id)
        if ended is not None:
            self._context.hooks.ended(ended, SessionEnded.code)

    async def expire(self) -> None:
        """The access token has expired, and the provider wants the person to sign in again.

        Raises `RuntimeError` if nobody is signed in any more.
        """
        session, now = await self._session(), self._context.clock.now()
        expired = session.changed(tokens=replace(session.tokens, expires_at=now))
        await self._change(session, expired)
        live = await self._context.registry.without_tab(expired)
        live.state = replace(live.state, phase='renewing')  # as if the provider were being asked
        live.send(Failed(Failure(InteractionRequired, InteractionRequired.code, now), expired))
        await live.settled()

    async def _session(self) -> Session:
        session = await self._context.store.load(self._session_id)
        if session is None or session.ended is not None:
            raise RuntimeError(f'{self._person.name} is not signed in any more')
        return session

    async def _change(self, old: Session, new: Session) -> None:
        await self._context.store.replace(old, new)
        if live := self._context.registry.get(new.id):
            live.send(ChangedElsewhere(new))


async def signed_in(
    user: User,
    name: str = 'Alice',
    *,
    roles: Collection[str] = (),
    scopes: str | Collection[str] = (),
    email: str | None = None,
    claims: Mapping[str, Any] | None = None,
    expires_in: float | None = None,
    provider: str | None = None,
) -> SignedIn:
    """From now on `user.open(...)` shows pages to this person, until they are logged out.

    `roles` are what `auth.user.roles` has, wherever the app looks for them, and `scopes` what the access token was
    granted; `claims` are added to what the provider says, such as `sub`, which else is the name in lower case. The
    token, which no API accepts, never expires unless `expires_in` (seconds) is given. `provider` is the name of the one
    of several where they have signed in, which else is the first. Neither a provider nor the network is asked, whatever
    is configured. The app's `on_login` hooks are called, as at any sign-in. Raises `RuntimeError` if the app has
    made no `Auth`, or pytest was not told of the plugin, `ValueError` if there is no such provider, and `Denied` or
    `LoginHookFailed`, with nobody signed in, if a hook says so.
    """
    context = present_world().auth.context
    at = context.providers.known(provider) or next(iter(context.providers)).name
    address = f'{name.lower().replace(" ", ".")}@example.com' if email is None else email
    person = Person(name, address, frozenset(roles), scope_names(scopes), {'sub': name.lower(), **(claims or {})}, at)
    begun = Session.begin(person.grant(context, expires_in), {}, new_browser_id(), provider=at)
    session = await context.hooks.login(begun)

    async def sign_in(request: Request) -> None:
        who, now = await identify(request, context), context.clock.now()
        await context.store.adopt(BrowserRecord(session.browser, session_id=session.id), session, now)
        before = who.browser.id
        who.browser.change_id(session.browser)
        context.registry.hand_over(who.session.id if who.session else None, session, before)
        if who.session is None or who.session.is_same_person(session):
            return
        if (ended := await context.store.end(who.session.id, Ending(SubjectMismatch.code, now))) is not None:
            context.hooks.ended(ended, SubjectMismatch.code)

    await visit(user, context, sign_in)
    for key in context.registry.visitors.told_of(session):  # as the scripts of the pages do that are open here
        context.registry.visitors.prove(key, session)
    return SignedIn(context, person, session.id, expires_in)


async def signed_out(user: User) -> None:
    """From now on pages are shown to a visitor, whom the app has never seen; pages that are open stay as they are."""
    context = present_world().auth.context
    go_to_app(user, context)
    forget(user, context)
