"""One renewal: the methods one after the other, and what the store has to know on the way.

With rotation a refresh token is good for one use, so that nothing that came from the token endpoint may be lost:

what happens to a refresh token           | what the store has            | what a process that begins here does
------------------------------------------+-------------------------------+----------------------------------------------
it is about to be sent                    | `refresh_sent_at`, in doubt   | waits for whoever sent it, never sends it
it was answered without tokens            | in doubt                      | sends it if there is no other way
it was refused                            | no refresh token              | asks the frame, or the person
tokens have come                          | the new one, and `unchecked`  | checks the rest, and sends nothing
the same, for another audience            | the new one, and `unchecked`  | checks the rest, then sends the new one
the rest was checked                      | the session that was renewed  | sends the new one when it is due
the rest was refused                      | the new one                   | sends the new one when it is due
"""

from __future__ import annotations

import logging
from dataclasses import replace

from ...clock import Clock
from ...errors import (
    AuthError,
    DefinitiveError,
    MisconfigurationError,
    NoBrowser,
    NothingToRenewWith,
    ProviderFailed,
    SessionEnded,
    SilentTimeout,
    SubjectMismatch,
    ThirdPartyCookiesBlocked,
    TransientError,
)
from ...oidc.id_token import UnknownKey
from ...oidc.provider_client import ProviderClient
from ...oidc.tokens import UncheckedTokens, UnusableTokens
from ...sessions.learnt import learn
from ...sessions.session import Session
from ...sessions.store import SessionStore
from ..user_agents import UserAgent
from .audience import take_earlier_answer
from .choice import SILENT_TWICE, Policy, is_awaited, most_hopeful, order
from .frame import by_frame
from .record import Record
from .refresh_token import use_refresh_token

log = logging.getLogger(__name__)


class Renewal:
    """Tries one method after the other; `record` is what is known of the session on the way, as the store has it.

    `is_ours`: what came of it was done here, and not by another process that was faster.
    """

    def __init__(
        self,
        record: Record,
        user_agent: UserAgent,
        policy: Policy,
        provider: ProviderClient,
        store: SessionStore,
        clock: Clock,
    ) -> None:
        self.record, self.is_ours = record, False
        self._user_agent = user_agent
        self._policy = policy
        self._provider = provider
        self._store = store
        self._clock = clock

    @property
    def session(self) -> Session:
        return self.record.session

    async def run(self) -> Session:
        """The session with new tokens, by the first of the methods that brings some, and kept in the store.

        Raises `SessionEnded` if it was logged out meanwhile, else the most hopeful of the errors of all methods.
        """
        await self.record.catch_up()
        renewed = await self._renewed()
        while (kept := await self.record.kept(renewed)) is not renewed and self._differs_in_claims(kept):
            self.record.session = kept
            claims = renewed.informed(kept.userinfo) if kept.userinfo is not None else renewed
            renewed = replace(claims, revision=kept.revision + 1)
        self.is_ours = kept is renewed and renewed is not self.session
        return kept

    def _differs_in_claims(self, kept: Session) -> bool:
        """Whether what the store has now is what this renewal began with, but for what userinfo has said meanwhile."""
        before = self.session
        informed = replace(before, id_claims=kept.id_claims, userinfo=kept.userinfo, revision=kept.revision)
        return kept.revision > before.revision and kept == informed

    async def _renewed(self) -> Session:
        renewals = self.session.renewals
        await self.record.look_again()
        if self.session.renewals > renewals:
            return self.session
        await take_earlier_answer(self.record, self._provider, self._clock)
        unchecked = self.session.unchecked
        return (unchecked and await self._by_earlier_answer(unchecked)) or await self._by_methods()

    async def _by_earlier_answer(self, unchecked: UncheckedTokens) -> Session | None:
        """What came of an answer that could not be checked before; None if it is worth nothing any more.

        It may have come true too late. Then whatever else there is goes on, as the refresh token that came with it.
        """
        if unchecked.is_outlived(self._clock.now()):
            await self.record.write(_without_answer)
            return None
        try:
            return await self._checked(unchecked)
        except (SubjectMismatch, SessionEnded):
            raise
        except (DefinitiveError, UnusableTokens) as error:
            log.info('an answer that was checked late is not used: %s: %s', error.code, error)
            return None

    async def _by_methods(self) -> Session:
        steps = {'iframe': self._by_frame, 'refresh_token': self._by_refresh_token}
        failures: list[AuthError] = []
        for method in order(self._policy.methods, self.session, self._clock.now(), self._provider.quirks):
            try:
                return await steps[method]()
            except (SubjectMismatch, SessionEnded):  # nobody is to go on in this person's name
                raise
            except AuthError as error:
                level = logging.DEBUG if isinstance(error, NoBrowser) else logging.INFO
                log.log(level, 'not renewed by %s: %s: %s', method, error.code, error)
                if self.session.unchecked is not None or self.record.unwritten is not None:
                    raise  # tokens are here: they have to be kept and checked, and no others asked for
                failures.append(error)
        if is_awaited(self.session, self._clock.now()) and 'refresh_token' in self._policy.methods:
            failures.append(TransientError('another process is waiting for the answer to the refresh token'))
        if not failures:
            raise ThirdPartyCookiesBlocked if self.session.frame_works is False else NothingToRenewWith
        hope = most_hopeful(failures)
        hope.retry_after = max(failure.retry_after for failure in failures)  # whoever was asked wants to be left alone
        raise hope

    async def _by_frame(self) -> Session:
        try:
            unchecked, quirks = await by_frame(self._user_agent, self.session, self._provider, self._policy)
        except SilentTimeout:
            if len(order(self._policy.methods, self.session)) > 1:  # else there is nothing that could come first
                await self.record.note(self._silent_again)
                await self._learn_silence()
            raise
        except ThirdPartyCookiesBlocked:
            await self.record.write(lambda session: session.changed(frame_works=False, frame_timeouts=0))
            raise
        except (DefinitiveError, MisconfigurationError):
            if self.session.frame_timeouts:  # it was a no, but it was an answer
                await self.record.note(lambda session: session.changed(frame_timeouts=0))
            raise
        if unchecked.refresh_token is not None:
            await self.record.write(lambda session: session.received(unchecked))
        await learn(self._provider, self._store, quirks)
        return await self._checked(unchecked)

    def _silent_again(self, session: Session) -> Session:
        silent = session.changed(frame_timeouts=session.frame_timeouts + 1, frame_silent_at=self._clock.now())
        if silent.frame_timeouts == SILENT_TWICE:
            log.warning('the silent frame got no answer, twice in a row: what else there is comes first for an hour')
        return silent

    async def _learn_silence(self) -> None:
        """Where this session never got an answer, it may be the provider that gives none, to nobody."""
        if self.session.frame_works is None and self.session.frame_timeouts >= SILENT_TWICE:
            quirks = replace(self._provider.quirks, frame_silent_at=self._clock.now())
            await learn(self._provider, self._store, quirks)

    async def _by_refresh_token(self) -> Session:
        renewals = self.session.renewals
        unchecked = await use_refresh_token(self.record, self._provider, self._clock)
        if unchecked is not None:
            return await self._checked(unchecked)
        if self.session.renewals > renewals:  # somebody else was faster, and this refresh token is used up
            return self.session
        await take_earlier_answer(self.record, self._provider, self._clock)
        if (earlier := self.session.unchecked) is not None:
            if (renewed := await self._by_earlier_answer(earlier)) is not None:
                return renewed
        elif self.session.refresh_sent_at is not None:
            raise TransientError('another process is sending the refresh token')
        return await self._by_refresh_token()

    async def _checked(self, unchecked: UncheckedTokens) -> Session:
        """The session with the tokens of this answer; while they cannot be checked they stay, refused they go."""
        session = self.session
        try:
            if unchecked.is_refresh:
                claims, id_token = session.refresh_claims, session.tokens.id_token
                grant = await self._provider.check_refreshed(unchecked, id_token=id_token, claims=claims)
                return session.renewed(grant, 'refresh_token')
            grant = await self._provider.check_redeemed(unchecked, subject=session.subject)
            return session.renewed(grant, 'iframe', frame_works=True, frame_timeouts=0)
        except UnknownKey as error:
            if session.unchecked is None:
                raise
            raise ProviderFailed(f'{error}; it may be published later than it is used') from error
        except (DefinitiveError, UnusableTokens):
            if session.unchecked is not None:
                await self.record.write(_without_answer)
            raise


def _without_answer(session: Session) -> Session:
    return session.changed(unchecked=None)
