"""One session that is in use in this process, whatever the number of its tabs: the shell around the machine."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from functools import cached_property

from ..clock import Clock
from ..errors import AuthError, BrowserNeeded, NoBrowser, SessionEnded, StoreFailed, TokenExpired, TransientError
from ..oidc.provider_client import ProviderClient
from ..sessions.session import Ending, OnEnd, Session
from ..sessions.store import SessionStore
from . import events, machine
from .events import Failure
from .history import History, Snapshot
from .methods import AudienceRenewal, Policy, Renewal, Turns, ask_userinfo
from .methods.notes import Notes
from .methods.record import Record
from .signal import Signal
from .state import Phase, Rules
from .tokens.audience_tokens import AudienceTokens, explained, refusal
from .user_agents import OpenTab, UserAgents

log = logging.getLogger(__name__)


class LiveSession:
    """Keeps one session alive: events go to the machine, its effects are carried out here.

    Nothing is decided here. `changed` is emitted whenever `state` is another one, `tabs_changed` when a tab comes, goes
    or shows another page. `tabs` are open, oldest first; `user_agents` are theirs; `history` is what happened so far.
    """

    def __init__(
        self,
        session: Session,
        *,
        rules: Rules,
        policy: Policy,
        provider: ProviderClient,
        store: SessionStore,
        clock: Clock,
        on_end: OnEnd,
        on_renewal: Callable[[Session], object] = lambda _: None,
        jitter: Callable[[], float] = lambda: random.uniform(0.5, 1),  # noqa: S311 - spreads load, guards nothing
    ) -> None:
        self._policy = policy
        self._provider = provider
        self._store, self._clock = store, clock
        self._on_end, self._on_renewal = on_end, on_renewal
        self._jitter = jitter
        self._renewal: asyncio.Task[AuthError | None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._turns = Turns(store)
        self._notes = Notes()
        self.state = machine.begin(session, rules, clock.now())
        self.user_agents = UserAgents()
        self.tabs: list[OpenTab] = []
        self.history = History()
        self.changed = Signal()
        self.tabs_changed = Signal()
        self._remember()

    @property
    def session(self) -> Session:
        return self.state.session

    @property
    def phase(self) -> Phase:
        return self.state.phase

    @property
    def error(self) -> Failure | None:
        """Why the latest renewal failed, or the session ended."""
        return self.state.error

    @property
    def warning(self) -> Failure | None:
        """Why the session will end in a minute."""
        return self.state.warning

    @property
    def next_attempt(self) -> float | None:
        """When the next renewal is planned (seconds since the epoch); None if none is."""
        return self.state.next_attempt

    @property
    def wakes_at(self) -> float | None:
        """When `wake` has something to do next (seconds since the epoch); None for never."""
        return machine.wakes_at(self.state)

    def send(self, event: events.Event) -> tuple[events.Effect, ...]:
        """Tell the machine what has happened, and do what it says; what that was."""
        before = self.state
        self.state, effects = machine.step(before, event, self._clock.now())
        for effect in effects:
            self._carry_out(effect)
        if self.state != before:
            self._remember()
            self.changed.emit()
        return effects

    async def wake(self) -> None:
        """The moment of `wakes_at` has come."""
        self.send(events.Woke(await self._seen_elsewhere()))
        await self.settled()

    def clock_jumped(self) -> None:
        """The wall clock was set, or the machine has slept."""
        self.send(events.ClockJumped())

    async def renew(self, *, by_person: bool = True) -> Session:
        """The session after a renewal, or after the one that is under way; `by_person` is false for an API's wish.

        Raises the `AuthError` that it failed with, or that says why there is none: `SessionEnded`, `RenewalTooSoon`,
        `TooManyRenewals`, or what the provider has said for good.
        """
        for effect in self.send(events.RenewalWanted(by_person)):
            if isinstance(effect, events.Refuse):
                raise refusal(effect)
        await self._outcome()
        return self.session

    async def access_token(self, audience: str | None = None) -> str:
        """An access token that can be used now; one that is near its end is renewed behind whoever uses it.

        `audience` is the API that it is for; None, or the configured one: the session's own. Raises `SessionEnded` if
        nobody is signed in any more, `TokenExpired` if it has expired and could not be renewed yet (`BrowserNeeded` if
        only an open page could do that), the `DefinitiveError` or `MisconfigurationError` if it never will be.
        """
        if (moment := self.wakes_at) is not None and moment <= self._clock.now():  # without a tab nobody else wakes it
            self.send(events.Woke(await self._seen_elsewhere()))
        if audience is not None and not self._is_own(audience):
            return await self._audiences.access_token(audience)
        self.send(events.TokenWanted())
        if self.phase == 'renewing' and not self.session.is_active(self._clock.now()):
            try:
                await self._outcome()
            except TransientError as error:
                raise explained(error) from error
        if self.phase == 'signed-out':
            raise self.error.error() if self.error else SessionEnded()
        if self.session.is_active(self._clock.now()):
            return self.session.tokens.access_token
        if self.error is None or self.error.is_a(TransientError):
            raise BrowserNeeded if self.state.lacks_page else TokenExpired
        raise self.error.error()

    async def another_token(self, refused: str, audience: str | None = None) -> str:
        """An access token in the place of one that an API has refused, which somebody else may have renewed meanwhile.

        Raises what `renew` does.
        """
        if audience is not None and not self._is_own(audience):
            return await self._audiences.another(audience, refused)
        present = self.session.tokens.access_token
        return present if present != refused else (await self.renew(by_person=False)).tokens.access_token

    def known_token(self, audience: str | None = None) -> str | None:
        """The access token that is there, whether it serves or not; None if there is none."""
        if audience is None or self._is_own(audience):
            return self.session.tokens.access_token
        return self._audiences.known(audience)

    def _is_own(self, audience: str) -> bool:
        return audience == self._provider.registration.audience

    async def close(self) -> None:
        """The process ends: the renewal that is under way is dropped, what is being written is written."""
        renewal = self._renewal
        self._drop()
        self._stop_asking()
        await self._audiences.close()
        if renewal is not None:
            await asyncio.wait([renewal])
        await self._turns.close()
        await self.settled()

    async def settled(self) -> None:
        """Wait until the store knows what it has to."""
        await self._notes.settled()

    def _carry_out(self, effect: events.Effect) -> None:
        match effect:
            case events.BeginRenewal():
                self._renewal = asyncio.create_task(self._renew(), name='renewal')
            case events.DropRenewal():
                self._drop()
            case events.BeginAudience(audience):
                self._audiences.begin(audience)
            case events.DropAudiences():
                self._audiences.drop()
            case events.AskUserinfo():
                self._stop_asking()
                self._asking = asyncio.create_task(self._ask_userinfo(self.session), name='userinfo')
            case events.MarkEnded(failure):
                self._notes.begin(self._end(Ending(failure.code, failure.at)))
            case events.NoteActivity(at):
                self._notes.begin(self._store.touch(self.session.id, at))
            case events.Refuse():
                pass  # it is for whoever asked

    def _drop(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None

    def _stop_asking(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _ask_userinfo(self, session: Session) -> None:
        try:
            informed = await ask_userinfo(session, self._provider, self._store)
        except Exception:  # a mistake of ours leaves the claims as they were, and the session too
            log.exception('asking userinfo failed unexpectedly')
            return
        if informed is not None:
            self.send(events.UserinfoCame(informed))

    async def _renew(self) -> AuthError | None:
        """The renewal that is under way; why it failed, None if it did not."""
        failure: AuthError
        record: Record | None = None
        try:
            async with self._turns.turn(lambda: self.session) as record:
                renewal = Renewal(record, self.user_agents, self._policy, self._provider, self._store, self._clock)
                session = await renewal.run()
        except asyncio.CancelledError:
            if self._is_dropped():
                raise
            failure = TransientError('cancelled from below')
        except AuthError as error:
            failure = error
        except Exception as error:  # a mistake of ours must not leave the session renewing for ever: it is tried again
            log.exception('a renewal failed unexpectedly')
            failure = TransientError(f'{type(error).__name__}: {error}')
        else:
            if renewal.is_ours:
                self._on_renewal(session)
            if not self._is_dropped():
                self._renewal = None
                self.send(events.Renewed(session))
            return None
        if not self._is_dropped():
            self._renewal = None
            self._fail(failure, record.session if record else self.session)
        return failure

    @cached_property
    def _audiences(self) -> AudienceTokens:
        """Made at first need: it holds this one, which without it is let go at once when nobody has it any more."""
        return AudienceTokens(self, self._turns, self._audience_renewal_of, self._clock, self._jitter)

    def _audience_renewal_of(self, audience: str, record: Record) -> AudienceRenewal:
        return AudienceRenewal(audience, record, self.user_agents, self._policy, self._provider, self._clock)

    def _fail(self, error: AuthError, session: Session) -> None:
        is_news = not isinstance(error, NoBrowser)  # a page that is being loaded anew is none
        log.log(logging.WARNING if is_news else logging.DEBUG, 'renewal failed: %s: %s', error.code, error)
        failure = Failure.of(error, self._clock.now())
        self.send(events.Failed(failure, session, error.retry_after, self._jitter()))

    def _is_dropped(self) -> bool:
        return self._renewal is not asyncio.current_task()

    async def _outcome(self) -> None:
        """Wait for the renewal that is under way; raises what it failed with, or why the session ended meanwhile."""
        if (renewal := self._renewal) is None:
            return
        await asyncio.wait([renewal])
        if self.phase == 'signed-out':
            raise self.error.error() if self.error else SessionEnded()
        if not renewal.cancelled() and (error := renewal.result()) is not None:
            raise error

    async def _seen_elsewhere(self) -> float:
        """When another process last saw the person; only asked for where it matters."""
        if not self.state.rules.limits.idle or self.state.is_over:
            return 0.0
        try:
            return await self._store.active_at(self.session.id) or 0.0
        except StoreFailed:
            log.exception('the limits of a session could not be looked up')
            return 0.0

    async def _end(self, ending: Ending) -> None:
        """Mark it, and tell `on_end` what it was until then; whoever marks it first does so."""
        if (ended := await self._store.end(self.session.id, ending)) is not None:
            self._on_end(ended, ending)

    def _remember(self) -> None:
        state, at, monotonic = self.state, self._clock.now(), self._clock.monotonic()
        self.history.note(
            Snapshot(at, monotonic, state.phase, state.session, state.error, state.next_attempt, state.lacks_page)
        )
