"""One session's renewals in this process, whatever the number of its tabs."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable
from typing import Literal

from nicegui import Event, background_tasks

from app.clock import Clock
from app.errors import AppError, DefinitiveError, SessionEnded, TransientError
from app.oidc.provider import Provider
from app.renewal import schedule
from app.renewal.silent_frame import Frame
from app.sessions.session import Session
from app.sessions.store import SessionStore

log = logging.getLogger(__name__)

State = Literal['signed-out', 'active', 'renewing', 'retrying', 'sign-in-needed']


class Renewer:
    """Keeps one session alive. Whoever asks while a renewal is under way shares it, and its outcome.

    `changed` is emitted whenever any of the public attributes is. `next_attempt` is in seconds since the epoch, None
    if no renewal is planned. `error` is why the latest renewal failed.
    """

    def __init__(
        self,
        session: Session,
        *,
        provider: Provider,
        store: SessionStore,
        clock: Clock,
        redirect_uri: str,
        renewal_lead: float,
        id_token_hint: bool = False,
        jitter: Callable[[], float] = lambda: random.uniform(0.5, 1),  # noqa: S311 - spreads load, guards nothing
    ) -> None:
        self.session = session
        self.state: State = 'active'
        self.error: AppError | None = None
        self.changed: Event[[]] = Event()
        self._provider = provider
        self._store = store
        self._clock = clock
        self._redirect_uri = redirect_uri
        self._renewal_lead = renewal_lead
        self._id_token_hint = id_token_hint
        self._jitter = jitter
        self._failures = 0
        self._recent: deque[float] = deque(maxlen=schedule.BURST)
        self._renewal: asyncio.Task[Session | AppError] | None = None
        self.next_attempt = self._plan()

    async def renew(self, frame: Frame) -> Session:
        """The session after a renewal in `frame`, or after the one that is under way.

        Raises the `AppError` that it failed with; the state and the next attempt are set accordingly.
        """
        if self._is_over():
            raise SessionEnded
        if self._renewal is None:
            self._renewal = background_tasks.create(self._attempt(frame), name='renewal', handle_exceptions=False)
        renewal = self._renewal
        try:
            outcome = await asyncio.shield(renewal)
        except asyncio.CancelledError:
            if not renewal.cancelled():  # it is the caller who was
                raise
            outcome = SessionEnded() if self._is_over() else self.session
        if isinstance(outcome, AppError):
            raise outcome
        return outcome

    def adopt(self, session: Session) -> None:
        """Go on with another session of the same person: they signed in again, or another process renewed it."""
        self._drop_renewal()
        self._succeeded(session)

    def end(self) -> None:
        """The session is over: no timer, no renewal, and no answer that is still under way, brings it back."""
        self._drop_renewal()
        self._change('signed-out', next_attempt=None)

    async def _attempt(self, frame: Frame) -> Session | AppError:
        self._recent.append(self._clock.now())
        self._change('renewing', next_attempt=None)
        try:
            session = await self._stored(await self._renewed_in(frame))
        except AppError as error:
            return await self._failed(error)
        except Exception as error:
            log.exception('a renewal failed unexpectedly')
            return await self._failed(TransientError(f'{type(error).__name__}: {error}'))
        else:
            return self._succeeded(session)
        finally:
            if self._renewal is asyncio.current_task():
                self._renewal = None

    async def _renewed_in(self, frame: Frame) -> Session:
        """The silent renewal, from the request to the new session."""
        hint = self.session.tokens.id_token if self._id_token_hint else None
        request = await self._provider.silent_request(self._redirect_uri, hint)
        response = await frame.authorize(request.url)
        grant = await self._provider.redeem(request, response, subject=self.session.subject)
        return self.session.renewed(grant)

    async def _stored(self, session: Session) -> Session:
        """The session that is kept now: this one, or the one that somebody else put there first."""
        if await self._store.replace(self.session, session):
            return session
        kept = await self._store.load(session.id)
        if kept is None:
            raise SessionEnded('the session ended while it was being renewed')
        return kept

    def _succeeded(self, session: Session) -> Session:
        self.session = session
        self._failures = 0
        self._change('active', next_attempt=self._plan())
        return session

    async def _failed(self, error: AppError) -> AppError:
        log.warning('renewal failed: %s: %s', error.code, error)
        if isinstance(error, SessionEnded):
            self._change('signed-out', error, next_attempt=None)
        elif isinstance(error, DefinitiveError):
            await self._refused(error)
        else:
            self._failures += 1
            moment = self._plan(getattr(error, 'retry_after', None) or 0.0)
            self._change('sign-in-needed' if moment is None else 'retrying', error, next_attempt=moment)
        return error

    async def _refused(self, error: DefinitiveError) -> None:
        """Only a person can go on; until the token expires it serves, then there is one more try, then it is over."""
        if self.session.is_active(self._clock.now()):
            self._change('sign-in-needed', error, next_attempt=self.session.tokens.expires_at)
        else:
            await self._store.remove(self.session.id)
            self._change('sign-in-needed', error, next_attempt=None)

    def _plan(self, retry_after: float = 0.0) -> float | None:
        tokens = self.session.tokens
        return schedule.next_attempt(
            now=self._clock.now(),
            expires_at=tokens.expires_at,
            lifetime=tokens.lifetime,
            renewal_lead=self._renewal_lead,
            failures=self._failures,
            recent=tuple(self._recent),
            jitter=self._jitter(),
            retry_after=retry_after,
        )

    def _change(self, state: State, error: AppError | None = None, *, next_attempt: float | None) -> None:
        self.state, self.error, self.next_attempt = state, error, next_attempt
        self.changed.emit()

    def _is_over(self) -> bool:
        return self.state == 'signed-out'

    def _drop_renewal(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None
