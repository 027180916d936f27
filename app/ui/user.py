"""Who is signed in, as a page sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import httpx

from ..api.user_client import user_client
from ..app_context import AppContext
from ..oidc.wishes.authentication import Authentication
from ..renewal.events import Failure
from ..renewal.history import HistoryEntry, IssuedToken
from ..renewal.live_session import LiveSession
from ..renewal.state import Phase
from ..renewal.tokens.held_session import HeldSession
from ..sessions.session import Session
from ..web.endpoints.person import acr_names, name_of, role_names, scope_names

if TYPE_CHECKING:
    from .page_context import PageContext


class User:
    """A person who is signed in: what is known of them now, each time that it is looked at.

    People are told apart by `issuer` and `sub` together (OpenID Connect Core §5.7).
    """

    def __init__(self, app: AppContext, session: Session, page: PageContext | None = None) -> None:
        self._app = app
        self._page = page
        self._session_then = session
        self._held = HeldSession(app.registry, session)

    @property
    def _live(self) -> LiveSession | None:
        if self._page is not None and self._page.tab is not None:
            return self._page.tab.live_session
        return self._held.known

    @property
    def _session(self) -> Session:
        live = self._live
        return live.session if live else self._session_then

    @property
    def sub(self) -> str:
        """The subject: the provider's identifier of the person, which never changes (OpenID Connect Core §2)."""
        return self._session.subject

    @property
    def issuer(self) -> str:
        """The provider that says so."""
        return self._session.issuer

    @property
    def provider(self) -> str:
        """The name of that provider; empty for the only one, unless it was given a name."""
        return self._app.provider_name(self._session)

    @property
    def name(self) -> str:
        """What to call the person: the first that is known of name, preferred user name, email and subject."""
        return name_of(self._session.claims, self.sub)

    @property
    def email(self) -> str | None:
        """The address, as the provider has it; whether it was verified, `claims['email_verified']` says."""
        email = self._session.claims.get('email')
        return email if isinstance(email, str) else None

    @property
    def claims(self) -> dict[str, Any]:
        """Everything that the ID token and userinfo say (OpenID Connect Core §5.1)."""
        return dict(self._session.claims)

    @property
    def roles(self) -> frozenset[str]:
        """The roles and groups that the provider has given."""
        return self._app.roles_of(self._session.claims).roles

    @property
    def storage(self) -> dict[str, Any]:
        """What the app keeps for this person, in all their browsers: JSON's values by text; see `PersonStorage`."""
        return self._app.storage_of(self._session)

    @property
    def scopes(self) -> frozenset[str]:
        """What the access token was granted, which may be less than was asked for (RFC 6749 §5.1)."""
        return self._session.granted

    @property
    def state(self) -> Phase:
        """`active`, `renewing`, `retrying`, `sign-in-needed`; `signed-out` where the session has ended since."""
        return self._live.phase if self._live else 'active'

    @property
    def expires_at(self) -> float | None:
        """When the access token expires (seconds since the epoch); None if nobody knows."""
        return self._session.tokens.expires_at

    @property
    def issued_token(self) -> IssuedToken:
        """What may be told of the access token: when it was issued, and how; `number` counts the renewals so far."""
        return IssuedToken.of(self._session)

    @property
    def next_renewal(self) -> float | None:
        """When the access token is renewed by itself (seconds since the epoch); None if that is not planned."""
        return self._live.next_attempt if self._live else None

    @property
    def history(self) -> tuple[HistoryEntry, ...]:
        """What happened to the session, oldest first: 200 entries at most, kept in memory while this process runs."""
        return tuple(self._live.history) if self._live else ()

    @property
    def error(self) -> Failure | None:
        """Why the latest renewal failed, or the session ended; None if neither."""
        return self._live.error if self._live else None

    def has(self, *, role: str | Collection[str] = (), scope: str | Collection[str] = ()) -> bool:
        """Whether the person has each of these roles, and the access token each of these scopes."""
        return role_names(role) <= self.roles and scope_names(scope) <= self.scopes

    def authenticated(self, *, acr: str | Collection[str] = (), max_age: int | None = None) -> bool:
        """Whether the person has signed in with one of these `acr`, at most `max_age` seconds ago.

        As the ID token says it (`acr`, `auth_time`: OpenID Connect Core §2); where it says neither, they have not.
        """
        session, app = self._session, self._app
        found = Authentication.of(session.id_claims, session.signed_in_at, app.settings.clock_skew)
        return found.has_acr(acr_names(acr)) and found.is_recent(max_age, app.clock.now())

    def client(self, base_url: str, audience: str | None = None) -> httpx.AsyncClient:
        """A client for the API at `base_url` with the person's access token, also when the page is gone.

        See `user_client`; to be closed, best by `async with`.
        """
        return user_client(self._live or self._held, base_url, audience)

    async def access_token(self, audience: str | None = None) -> str:
        """A valid access token, renewed first if need be; for calls from the server, and never to be shown.

        `audience` is the API that it is for; None, or OIDC_AUDIENCE: the session's own token. Raises `TokenExpired` if
        that is not possible right now, `SessionEnded` if nobody is signed in any more, else the `AuthError` that says
        why it never will be.
        """
        return await (self._live or self._held).access_token(audience)

    def on_change(self, update: Callable[[], object]) -> None:
        """Call `update` now and whenever something of this changes, as long as the part of the page around it is there.

        When nobody is signed in any more, too. Raises `RuntimeError` outside of a page.
        """
        if self._page is None:
            raise RuntimeError('there is no page here that could follow a change')
        self._page.follows = True
        self._page.on_change(update)
