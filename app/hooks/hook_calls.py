"""Calling the hooks of an app: one after the other, no longer than they may take, and with nothing of a page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextvars import Context
from copy import deepcopy
from inspect import isawaitable, iscoroutinefunction
from traceback import format_exception
from typing import Any

from ..clock import Clock
from ..errors import Denied, LoginHookFailed
from ..oidc.id_token import Claims
from ..sessions.session import Session
from .added_claims import added_claims
from .hooks import Hooks
from .person import Person
from .threads import Threads

log = logging.getLogger(__name__)

LAST_WORDS = 2.0  # seconds that the end of the process waits for hooks that are under way
Hook = Callable[..., Any]


class HookCalls:
    """Calls them; `seconds` is how long each may take, `roles_of` gives the roles of a person by their claims."""

    def __init__(
        self, hooks: Hooks, clock: Clock, seconds: float, roles_of: Callable[[Claims], frozenset[str]]
    ) -> None:
        self._hooks = hooks
        self._clock = clock
        self._seconds = seconds
        self._roles_of = roles_of
        self._threads = Threads()
        self._behind: set[asyncio.Task[None]] = set()
        self._latest: dict[str, asyncio.Task[None]] = {}  # by the id of the session

    async def login(self, session: Session) -> Session:
        """The session that is about to begin, with what the `on_login` hooks add to its claims.

        Each sees what those before it have added. Raises `Denied` if one refuses, `LoginHookFailed` if one fails.
        """
        for hook in tuple(self._hooks.login):
            try:
                returned = await self._called(hook, self._person(session, session.tokens.access_token))
                session = session.with_claims(added_claims(returned, session.app_claims))
            except Denied:
                raise
            except Exception as error:
                _say('on_login', hook, error, session)
                raise LoginHookFailed(f'the on_login hook {_name(hook)} failed: {type(error).__name__}') from None
        return session

    def renewed(self, session: Session) -> None:
        """A renewal was done here: call the `on_renewal` hooks behind it."""
        self._begin('on_renewal', self._hooks.renewal, session, session.tokens.access_token)

    def ended(self, session: Session, reason: str) -> None:
        """This was a session until it ended, for this reason: call the `on_logout` hooks behind that."""
        self._begin('on_logout', self._hooks.logout, session, None, reason)

    async def close(self) -> None:
        """The process ends: give them a moment."""
        if self._behind:
            await asyncio.wait(self._behind, timeout=LAST_WORDS)
        if cut := tuple(self._behind):
            log.warning('hooks that were still under way are cut off: %s', ', '.join(task.get_name() for task in cut))
            for task in cut:
                task.cancel()
            await asyncio.wait(cut)

    def _begin(self, kind: str, hooks: Iterable[Hook], session: Session, token: str | None, *more: str) -> None:
        """Those of one session come after each other, also if one takes longer than the session."""
        if not (chosen := tuple(hooks)):
            return
        before = self._latest.get(session.id)

        async def call() -> None:
            if before is not None:
                await asyncio.wait([before])
            await self._call(kind, chosen, session, token, *more)

        def forget(task: asyncio.Task[None]) -> None:
            self._behind.discard(task)
            if self._latest.get(session.id) is task:
                del self._latest[session.id]

        task = self._latest[session.id] = asyncio.create_task(call(), name=kind, context=Context())
        self._behind.add(task)
        task.add_done_callback(forget)

    async def _call(self, kind: str, hooks: tuple[Hook, ...], session: Session, token: str | None, *more: str) -> None:
        for hook in hooks:
            try:
                await self._called(hook, self._person(session, token), *more)
            except Exception as error:
                _say(kind, hook, error, session)

    async def _called(self, hook: Hook, *arguments: object) -> Any:
        """What the hook returns. Raises what it raises, and `TimeoutError`: then nobody waits for it any longer."""
        calling = asyncio.create_task(self._outcome(hook, arguments), name='hook', context=Context())
        calling.add_done_callback(lambda task: task.cancelled() or task.exception())  # somebody has to look
        sleeping = asyncio.create_task(self._clock.sleep(self._seconds), name='hook timeout')
        try:
            await asyncio.wait({calling, sleeping}, return_when=asyncio.FIRST_COMPLETED)
            if not calling.done():
                raise TimeoutError(f'it took longer than {self._seconds:g} s')
        finally:
            sleeping.cancel()
            calling.cancel()
        if calling.cancelled():
            raise RuntimeError('it was cancelled from within')
        return calling.result()

    async def _outcome(self, hook: Hook, arguments: tuple[object, ...]) -> Any:
        try:
            if iscoroutinefunction(hook):
                return await hook(*arguments)
            returned = await self._threads.call(hook, *arguments)
            return await returned if isawaitable(returned) else returned
        except SystemExit as error:  # which would end the event loop
            raise RuntimeError('SystemExit') from error

    def _person(self, session: Session, token: str | None) -> Person:
        return Person(
            issuer=session.issuer,
            sub=session.subject,
            claims=deepcopy(session.claims),  # whatever a hook does with them is its own affair
            roles=self._roles_of(session.claims),
            scopes=session.granted,
            provider=session.provider,
            _access_token=token,
        )


def _say(kind: str, hook: Hook, error: BaseException, session: Session) -> None:
    """Tell the log what went wrong and where, without the tokens that it may have put into its message."""
    told = ''.join(format_exception(error)).rstrip()
    tokens = session.tokens
    for token in (tokens.access_token, tokens.refresh_token, tokens.id_token):
        if token:
            told = told.replace(token, '…')
    log.error('the %s hook %s failed: %s\n%s', kind, _name(hook), told.splitlines()[-1], told)


def _name(hook: Hook) -> str:
    return str(getattr(hook, '__qualname__', None) or repr(hook))
