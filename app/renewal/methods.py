"""The two methods to renew, by the silent frame and by the refresh token, and which to try first."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..error_codes import by_code
from ..errors import (
    AppError,
    ClientRefused,
    InteractionRequired,
    MisconfigurationError,
    NoBrowser,
    RefreshTokenRefused,
    SessionEnded,
    SilentTimeout,
    SubjectMismatch,
    ThirdPartyCookiesBlocked,
    TransientError,
)
from ..oidc.provider import Grant, Provider
from ..sessions.session import Ending, Session
from ..sessions.store import SessionStore
from ..settings import HintPolicy, RenewalMethod
from .user_agents import UserAgent

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How to renew, as the settings have it; `redirect_uri` is the silent frame's."""

    redirect_uri: str
    methods: Sequence[RenewalMethod] = ('iframe', 'refresh_token')
    hint: HintPolicy = 'auto'


class Renewal:
    """Tries one method after the other; `session` is what is known of it on the way, as the store has it."""

    def __init__(
        self, session: Session, user_agent: UserAgent, policy: Policy, provider: Provider, store: SessionStore
    ) -> None:
        self.session = session
        self._user_agent = user_agent
        self._policy = policy
        self._provider = provider
        self._store = store

    async def run(self) -> Session:
        """The session with new tokens, by the first of the methods that brings some, and kept in the store.

        Raises `SessionEnded` if it was logged out meanwhile, else the most hopeful of the errors of all methods.
        """
        return await self._kept(await self._renewed())

    async def _renewed(self) -> Session:
        steps = {'iframe': self._by_frame, 'refresh_token': self._by_refresh_token}
        failures: list[AppError] = []
        for method in order(self._policy.methods, self.session):
            try:
                return await steps[method]()
            except (SubjectMismatch, SessionEnded):  # nobody is to go on in this person's name
                raise
            except AppError as error:
                level = logging.DEBUG if isinstance(error, NoBrowser) else logging.INFO
                log.log(level, 'not renewed by %s: %s: %s', method, error.code, error)
                failures.append(error)
        if not failures:
            raise ThirdPartyCookiesBlocked if self.session.frame_works is False else InteractionRequired
        hope = most_hopeful(failures)
        hope.retry_after = max(failure.retry_after for failure in failures)  # whoever was asked wants to be left alone
        raise hope

    async def _by_frame(self) -> Session:
        policy = self._policy
        try:
            grant = await by_frame(self._user_agent, self.session, self._provider, policy.redirect_uri, policy.hint)
        except ThirdPartyCookiesBlocked:
            self.session = await self._kept(self.session.changed(frame_works=False))
            raise
        return self.session.renewed(grant, 'iframe', frame_works=True)

    async def _by_refresh_token(self) -> Session:
        """It is noted down before it is sent; if its answer is lost, even with this process, it counts as used up."""
        refresh_token = self.session.tokens.refresh_token
        if refresh_token is None:
            raise RefreshTokenRefused('there is no refresh token any more')
        noted = self.session.changed(refresh_in_doubt=True)
        before, self.session = self.session, await self._kept(noted)
        if self.session.renewals > before.renewals:  # somebody else was faster, and this refresh token is used up
            return self.session
        if self.session is not noted and self.session.refresh_in_doubt and not before.refresh_in_doubt:
            raise TransientError('another process is sending the refresh token')
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
        if kept is None or kept.ended is not None:
            raise _ending(kept.ended if kept else None)
        return kept


def order(configured: Sequence[RenewalMethod], session: Session) -> tuple[RenewalMethod, ...]:
    """The methods that make sense for this session, the likeliest first.

    The frame makes none once the browser was seen to withhold the provider's cookie from it. A refresh token that may
    have been used up comes last: with rotation, its reuse would end everything (RFC 9700 §4.14.2).
    """
    usable = {
        'iframe': session.frame_works is not False,
        'refresh_token': session.tokens.refresh_token is not None,
    }
    methods = [method for method in configured if usable[method]]
    return tuple(sorted(methods, key=lambda method: method == 'refresh_token' and session.refresh_in_doubt))


def most_hopeful(errors: Iterable[AppError]) -> AppError:
    """Of several failures the one that leaves most to be done: try again, then mend, then ask the person.

    That no page could be asked says least: where the provider itself has answered, that counts.
    """
    kinds = (TransientError, MisconfigurationError, AppError)

    def rank(error: AppError) -> tuple[int, bool]:
        return next(rank for rank, kind in enumerate(kinds) if isinstance(error, kind)), isinstance(error, NoBrowser)

    return min(errors, key=rank)


async def by_frame(
    user_agent: UserAgent, session: Session, provider: Provider, redirect_uri: str, hint: HintPolicy
) -> Grant:
    """The silent renewal: the request, its answer in the frame, and the grant once everything was checked.

    Raises `ThirdPartyCookiesBlocked` where the provider does not recognise the browser that has signed in at it, and
    never did in this session.
    """
    quirks, refusal, tokens = provider.quirks, None, session.tokens
    has_refresh_token = tokens.refresh_token is not None
    is_good = has_refresh_token and not session.refresh_in_doubt  # one that may be used up has to be replaced
    granted = tokens.scope if has_refresh_token else ''
    if hint == 'always':
        quirks = quirks.with_hint()
    while True:
        request = await provider.silent_request(redirect_uri, tokens.id_token, quirks, has_refresh_token=is_good)
        try:
            response = await user_agent.authorize(request.url)
            grant = await provider.redeem(request, response, subject=session.subject, granted=granted)
        except AppError as error:
            if isinstance(error, SilentTimeout):
                provider.doubt('the silent frame got no answer')  # its address may be another now
            if refusal is None or isinstance(error, TransientError) or isinstance(refusal, ClientRefused):
                refusal = error  # what was said first counts, unless asking in another way told more
            adapted = quirks.adapted(error, may_learn_hint=hint == 'auto')
            if adapted is None:
                raise _explained(refusal, session) from error
            quirks = adapted
        else:
            provider.learn(quirks)
            return grant


async def by_refresh_token(refresh_token: str, session: Session, provider: Provider) -> Grant:
    """The renewal without a browser."""
    tokens = session.tokens
    scope = session.refresh_scope or tokens.scope  # a refresh has what its refresh token has (RFC 6749 §6)
    return await provider.refresh(refresh_token, scope=scope, id_token=tokens.id_token, claims=session.refresh_claims)


def _explained(error: AppError, session: Session) -> AppError:
    if isinstance(error, InteractionRequired) and error.code == 'login_required' and session.frame_works is None:
        return ThirdPartyCookiesBlocked(str(error), description=error.description)
    return error


def _ending(ended: Ending | None) -> SessionEnded:
    """Why it ended while it was being renewed, as far as that is known."""
    why = by_code(ended.code) if ended else None
    return why if isinstance(why, SessionEnded) else SessionEnded('the session ended while it was being renewed')
