"""One renewal, from the old session to the new one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.errors import (
    AnotherUser,
    AppError,
    CookieWithheld,
    InteractionRequired,
    NoBrowser,
    RefreshTokenRefused,
    SessionEnded,
)
from app.oidc.provider import Provider
from app.renewal import schedule
from app.renewal.frames import Frame
from app.renewal.limits import Limits
from app.renewal.ways import by_frame, by_refresh_token, most_hopeful, order
from app.sessions.session import Session
from app.sessions.store import SessionStore
from app.settings import HintPolicy, RenewalWay

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How to renew, as the settings have it. `redirect_uri` is the silent frame's; `lead` and `grace` in seconds."""

    redirect_uri: str
    ways: Sequence[RenewalWay] = ('iframe', 'refresh_token')
    lead: float = 60
    grace: float = schedule.GRACE
    hint: HintPolicy = 'auto'
    limits: Limits = field(default_factory=Limits)


class Renewal:
    """Tries the ways to renew one after the other. `session` is what is known of it on the way, as the store has it."""

    def __init__(self, session: Session, frame: Frame, policy: Policy, provider: Provider, store: SessionStore) -> None:
        self.session = session
        self._frame = frame
        self._policy = policy
        self._provider = provider
        self._store = store

    async def run(self) -> Session:
        """The session with new tokens, by the first of the ways that brings some, and kept in the store.

        Raises `SessionEnded` if it was logged out meanwhile, else the most hopeful of the errors of all ways.
        """
        return await self._kept(await self._renewed())

    async def _renewed(self) -> Session:
        steps = {'iframe': self._by_frame, 'refresh_token': self._by_refresh_token}
        failures: list[AppError] = []
        for way in order(self._policy.ways, self.session):
            try:
                return await steps[way]()
            except AnotherUser:  # whoever sits there now is not to go on in this person's name
                raise
            except AppError as error:
                log.info('not renewed by %s: %s: %s', way, error.code, error)
                failures.append(error)
        if not failures:
            raise CookieWithheld if self.session.frame_works is False else InteractionRequired
        raise most_hopeful(failures)

    async def _by_frame(self) -> Session:
        policy = self._policy
        try:
            grant = await by_frame(self._frame, self.session, self._provider, policy.redirect_uri, policy.hint)
        except CookieWithheld:
            self.session = await self._kept(self.session.changed(frame_works=False))
            raise
        if grant.tokens.refresh_token is not None:
            return self.session.renewed(grant, 'iframe', frame_works=True, refresh_claims=grant.claims)
        return self.session.renewed(grant, 'iframe', frame_works=True)

    async def _by_refresh_token(self) -> Session:
        """It is noted down before it is sent: if its answer is lost, even with this process, it counts as used up."""
        refresh_token = self.session.tokens.refresh_token
        if refresh_token is None:
            raise NoBrowser('there is no refresh token any more')
        before = self.session.renewals
        self.session = await self._kept(self.session.changed(refresh_in_doubt=True))
        if self.session.renewals > before:  # somebody else was faster, and this refresh token is used up
            return self.session
        try:
            grant = await by_refresh_token(refresh_token, self.session, self._provider)
        except RefreshTokenRefused:
            self.session = await self._kept(self.session.without_refresh_token())
            raise
        return self.session.renewed(grant, 'refresh_token')

    async def _kept(self, session: Session) -> Session:
        """The session that the store has now: this one, or the one that somebody else put there first.

        Raises `SessionEnded` if it was logged out meanwhile.
        """
        if await self._store.replace(self.session, session):
            return session
        kept = await self._store.load(session.id)
        if kept is None:
            raise SessionEnded('the session ended while it was being renewed')
        return kept
