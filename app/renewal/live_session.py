"""One session's renewals in this process, whatever the number of its tabs."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable

from nicegui import Event, background_tasks

from ..clock import Clock
from ..errors import (
    AppError,
    DefinitiveError,
    SessionEnded,
    SessionIdle,
    StoreFailed,
    TokenExpired,
    TooManyRenewals,
    TransientError,
)
from ..oidc.provider import Provider
from ..sessions.session import Session
from ..sessions.store import SessionStore
from . import schedule
from .history import History, Snapshot, State
from .limits import WARNING
from .methods import Policy, Renewal
from .user_agents import OpenTab, UserAgents

log = logging.getLogger(__name__)


class LiveSession:
    """Keeps one session alive. Whoever asks while a renewal is under way shares it, and its outcome.

    `changed` is emitted whenever any of the public attributes is. `next_attempt` is in seconds since the epoch, None
    if no renewal is planned. `error` is why the latest renewal failed, or the session ended; `warning` is why it will
    end in a minute. `tabs` are open, oldest first, `frames` are theirs, and `history` is what happened so far.
    """

    def __init__(
        self,
        session: Session,
        *,
        policy: Policy,
        provider: Provider,
        store: SessionStore,
        clock: Clock,
        history: History | None = None,
        jitter: Callable[[], float] = lambda: random.uniform(0.5, 1),  # noqa: S311 - spreads load, guards nothing
    ) -> None:
        self.session = session
        self.state: State = 'active'
        self.error: AppError | None = None
        self.changed: Event[[]] = Event()
        self.frames = UserAgents()
        self.tabs: list[OpenTab] = []
        self.history = history or History()
        self._policy = policy
        self._provider = provider
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._failing_since: float | None = None
        self._recent: deque[float] = deque(maxlen=schedule.BURST)
        self._renewal: asyncio.Task[Session | AppError] | None = None
        self.next_attempt = self._plan()
        self._active_at = clock.now()
        self.warning: AppError | None = None
        self.history.note(self._look())

    async def renew(self) -> Session:
        """The session after a renewal, or after the one that is under way.

        Raises the `AppError` that it failed with; the state and the next attempt are set accordingly.
        """
        if self._is_over():
            raise SessionEnded
        if isinstance(self.error, DefinitiveError) and self.next_attempt is None:
            raise self.error  # it is over but for the person, who can sign in again
        if self._renewal is None:
            if schedule.is_burst(tuple(self._recent), self._clock.now()):
                raise TooManyRenewals
            self._renewal = background_tasks.create(self._attempt(), name='renewal', handle_exceptions=False)
        renewal = self._renewal
        try:
            outcome = await asyncio.shield(renewal)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if not renewal.cancelled() or (caller is not None and caller.cancelling()):
                raise  # it is the caller who was
            outcome = SessionEnded() if self._is_over() else self.session
        if isinstance(outcome, AppError):
            raise outcome
        return outcome

    async def access_token(self) -> str:
        """An access token that can be used now; one that is near its end is renewed first.

        Raises `SessionEnded` if nobody is signed in any more, `TokenExpired` if it has expired and could not be renewed
        yet, the `DefinitiveError` or `MisconfigurationError` if it never will be.
        """
        if self._is_over():
            raise SessionEnded
        tokens, now = self.session.tokens, self._clock.now()
        if tokens.expires_at is None or tokens.lifetime is None:
            return tokens.access_token
        if now < tokens.expires_at - schedule.lead(tokens.lifetime, self._policy.lead):
            return tokens.access_token
        try:
            return (await self.renew()).tokens.access_token
        except AppError as error:
            if not self._is_over() and self.session.is_active(self._clock.now()):
                return self.session.tokens.access_token
            if isinstance(error, TransientError):
                raise TokenExpired(str(error)) from error
            raise

    def is_waiting(self) -> bool:
        """Whether something that comes back now, a page or the network, is a reason to try at once."""
        is_due = self.next_attempt is not None and self.next_attempt <= self._clock.now()
        return is_due or self.state == 'retrying' or self.has_given_up()

    def has_given_up(self) -> bool:
        """Whether it failed for so long that it is not tried any more, though it might work again."""
        return self.next_attempt is None and isinstance(self.error, TransientError)

    def seen(self) -> None:
        """The person did something, or opened a page: an idle limit counts from now."""
        self._active_at = self._clock.now()
        if isinstance(self.warning, SessionIdle) and not self._is_over():
            self.warning = None
            self.changed.emit()

    async def touch(self) -> None:
        """The same, noted down for the processes that come after this one, and beside it."""
        self.seen()
        if self._policy.limits.idle and not self._is_over():
            await self._store.touch(self.session.id, self._active_at)

    @property
    def limit_check_at(self) -> float | None:
        """When `check_limits` has something to do next; None for never."""
        if self._is_over() or (end := self._end()) is None:
            return None
        return end[0] if self.warning is not None else end[0] - WARNING

    async def check_limits(self) -> None:
        """Warn of the end of a session that has a limit, and end it when it has come."""
        session = self.session
        try:
            self._active_at = max(self._active_at, await self._store.active_at(session.id) or 0.0)
            if self._is_beyond_limit():
                await self._store.remove(session.id)
        except StoreFailed:  # it ends here all the same; the next page that opens looks again
            log.exception('the limits of a session could not be looked up, or a session not be removed')
        if self._is_over() or self.session.id != session.id or (end := self._end()) is None:
            return
        if self._is_beyond_limit():
            self._drop_renewal()
            self._change('signed-out', end[1], next_attempt=None)
        elif self._clock.now() >= end[0] - WARNING:
            self.warning = end[1]
            self.changed.emit()

    def adopt(self, session: Session) -> None:
        """Go on with another session of the same person: they signed in again, or another process renewed it."""
        self._drop_renewal()
        self._active_at = max(self._active_at, session.signed_in_at)
        self._succeeded(session)

    def end(self) -> None:
        """The session is over: no timer, no renewal, and no answer that is still under way, brings it back."""
        self._drop_renewal()
        self._change('signed-out', next_attempt=None)

    async def close(self) -> None:
        """Drop the renewal that is under way, and wait until it is gone."""
        renewal = self._renewal
        self._drop_renewal()
        if renewal is not None:
            await asyncio.wait([renewal])

    async def _attempt(self) -> Session | AppError:
        self._recent.append(self._clock.now())
        self._change('renewing', next_attempt=None)
        renewal = Renewal(self.session, self.frames, self._policy, self._provider, self._store)
        try:
            session = await renewal.run()
        except asyncio.CancelledError:
            if self._renewal is asyncio.current_task():  # nobody has dropped it, so it is tried again
                self._failures += 1
                self._change('retrying', next_attempt=self._plan())
            raise
        except AppError as error:
            return await self._failed(error, renewal.session)
        except Exception as error:
            log.exception('a renewal failed unexpectedly')
            return await self._failed(TransientError(f'{type(error).__name__}: {error}'), renewal.session)
        else:
            return self._succeeded(session)
        finally:
            if self._renewal is asyncio.current_task():
                self._renewal = None

    def _succeeded(self, session: Session) -> Session:
        self.session = session
        if (end := self._end()) is None or self._clock.now() < end[0] - WARNING:
            self.warning = None
        self._failures = 0
        self._failing_since = None
        self._change('active', next_attempt=self._plan())
        return session

    async def _failed(self, error: AppError, session: Session) -> AppError:
        self.session = session
        log.warning('renewal failed: %s: %s', error.code, error)
        if isinstance(error, SessionEnded):
            self._change('signed-out', error, next_attempt=None)
        elif isinstance(error, DefinitiveError):
            await self._refused(error)
        else:
            self._failures += 1
            self._failing_since = self._failing_since or self._clock.now()
            moment = self._plan(error.retry_after)
            self._change('sign-in-needed' if moment is None else 'retrying', error, next_attempt=moment)
        return error

    async def _refused(self, error: DefinitiveError) -> None:
        """Only a person can go on; until the token expires it serves, then there is one more try, then it is over."""
        if self.session.is_active(self._clock.now()):
            self._change('sign-in-needed', error, next_attempt=self.session.tokens.expires_at)
        else:
            self._change('sign-in-needed', error, next_attempt=None)
            try:
                await self._store.remove(self.session.id)
            except StoreFailed:
                log.exception('a session that is over could not be removed')

    def _plan(self, retry_after: float = 0.0) -> float | None:
        tokens = self.session.tokens
        return schedule.next_attempt(
            now=self._clock.now(),
            expires_at=tokens.expires_at,
            lifetime=tokens.lifetime,
            renewal_lead=self._policy.lead,
            failures=self._failures,
            failing_since=self._failing_since,
            recent=tuple(self._recent),
            jitter=self._jitter(),
            retry_after=retry_after,
            grace=self._policy.grace,
        )

    def _change(self, state: State, error: AppError | None = None, *, next_attempt: float | None) -> None:
        self.state, self.error, self.next_attempt = state, error, next_attempt
        self.history.note(self._look())
        self.changed.emit()

    def _look(self) -> Snapshot:
        clock = self._clock
        return Snapshot(clock.now(), clock.monotonic(), self.state, self.session, self.error, self.next_attempt)

    def _is_beyond_limit(self) -> bool:
        end = self._end()
        return end is not None and self._clock.now() >= end[0]

    def _end(self) -> tuple[float, AppError] | None:
        return self._policy.limits.end(self.session.signed_in_at, self._active_at)

    def _is_over(self) -> bool:
        return self.state == 'signed-out'

    def _drop_renewal(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None
