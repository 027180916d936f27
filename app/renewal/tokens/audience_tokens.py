"""The access tokens of one session for other audiences: the shell around what the machine says of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from ...clock import Clock
from ...errors import AuthError, BrowserNeeded, NoBrowser, SessionEnded, TokenExpired, TransientError
from ...sessions.session import Session
from .. import events
from ..events import Failure
from ..methods import AudienceRenewal, Turns
from ..methods.record import Record
from ..state import State

log = logging.getLogger(__name__)


class Machine(Protocol):
    """The session that they are of."""

    state: State

    def send(self, event: events.Event) -> tuple[events.Effect, ...]: ...


class AudienceTokens:
    """Runs their renewals, which take turns with those of the session's own token. Nothing is decided here."""

    def __init__(
        self,
        machine: Machine,
        turns: Turns,
        renewal: Callable[[str, Record], AudienceRenewal],
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._machine = machine
        self._turns = turns
        self._renewal = renewal
        self._clock = clock
        self._jitter = jitter
        self._tasks: dict[str, asyncio.Task[AuthError | None]] = {}

    def known(self, audience: str) -> str | None:
        """The token that is there, whether it serves or not; None if there is none."""
        token = self._machine.state.session.audience_tokens.get(audience)
        return token.access_token if token else None

    async def access_token(self, audience: str) -> str:
        """One that can be used now; one that is near its end is renewed behind whoever uses it.

        Raises `SessionEnded` if nobody is signed in any more, `BrowserNeeded` if only an open page could bring one,
        `TokenExpired` if none can be had yet, `AudienceRefused` or another `AuthError` that says why none will be.
        """
        refusal = self._refusal(self._machine.send(events.AudienceWanted(audience)))
        self._check_alive()
        token = self._machine.state.session.audience_tokens.get(audience)
        if token is not None and token.is_active(self._clock.now()):
            return token.access_token
        try:
            return await self._outcome(audience, refusal)
        except TransientError as error:
            raise explained(error) from error

    async def another(self, audience: str, refused: str) -> str:
        """One that is newer than the refused one, which somebody else may have renewed meanwhile.

        Raises what a renewal fails with.
        """
        present = self.known(audience)
        if present is not None and present != refused:
            return present
        refusal = self._refusal(self._machine.send(events.AudienceWanted(audience, is_refused=True)))
        return await self._outcome(audience, refusal)

    def begin(self, audience: str) -> None:
        """The machine wants a renewal."""
        self._tasks[audience] = asyncio.create_task(self._renew(audience), name='audience renewal')

    def drop(self) -> None:
        """What is under way is for nobody any more."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    async def close(self) -> None:
        """The process ends: what is under way is dropped."""
        tasks = list(self._tasks.values())
        self.drop()
        if tasks:
            await asyncio.wait(tasks)

    async def _outcome(self, audience: str, refusal: AuthError | None) -> str:
        """The token that the renewal brings, also one that begins since the same person has signed in again."""
        while (task := self._tasks.get(audience)) is not None:
            await asyncio.wait([task])
            self._check_alive()
            if not task.cancelled():
                if (error := task.result()) is not None:
                    raise error
                break
            refusal = self._refusal(self._machine.send(events.AudienceWanted(audience)))
        self._check_alive()
        if refusal is not None or (token := self.known(audience)) is None:
            raise refusal or TokenExpired()
        return token

    async def _renew(self, audience: str) -> AuthError | None:
        """The renewal that is under way; why it failed, None if it did not."""
        record: Record | None = None
        failure: AuthError
        try:
            async with self._turns.turn(lambda: self._machine.state.session) as record:
                session = await self._renewal(audience, record).run()
        except asyncio.CancelledError:
            if self._is_dropped(audience):
                raise
            failure = TransientError('cancelled from below')
        except AuthError as error:
            failure = error
        except Exception as error:  # a mistake of ours must not leave it renewing for ever: it is tried again
            log.exception('a renewal failed unexpectedly')
            failure = TransientError(f'{type(error).__name__}: {error}')
        else:
            if not self._is_dropped(audience):
                del self._tasks[audience]
                self._machine.send(events.AudienceRenewed(audience, session))
            return None
        if not self._is_dropped(audience):
            del self._tasks[audience]
            self._fail(audience, failure, record.session if record else self._machine.state.session)
        return failure

    def _fail(self, audience: str, error: AuthError, session: Session) -> None:
        level = logging.DEBUG if isinstance(error, NoBrowser) else logging.WARNING
        log.log(level, 'no access token for %s: %s: %s', audience, error.code, error)
        failure = Failure.of(error, self._clock.now())
        self._machine.send(events.AudienceFailed(audience, failure, session, error.retry_after, self._jitter()))

    def _is_dropped(self, audience: str) -> bool:
        return self._tasks.get(audience) is not asyncio.current_task()

    def _check_alive(self) -> None:
        state = self._machine.state
        if state.is_over:
            raise state.error.error() if state.error else SessionEnded()

    def _refusal(self, effects: tuple[events.Effect, ...]) -> AuthError | None:
        return next((refusal(effect) for effect in effects if isinstance(effect, events.Refuse)), None)


def refusal(refuse: events.Refuse) -> AuthError:
    """Why there is no renewal, and for how many seconds."""
    error = refuse.failure.error()
    error.retry_after = refuse.seconds
    return error


def explained(error: TransientError) -> TokenExpired:
    """Why there is no token that serves right now."""
    kind = BrowserNeeded if isinstance(error, NoBrowser) else TokenExpired
    return kind(str(error), retry_after=error.retry_after)
