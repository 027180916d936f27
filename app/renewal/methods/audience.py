"""The renewal of an access token for another audience, by what renews the session's own.

It goes by the protocol of `renewal.py`: an answer is kept before it is checked, since the refresh token in it may be
the only one that is still good. Nothing of it takes the place of the session's own tokens and claims.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from ...clock import Clock
from ...errors import (
    AudienceRefused,
    AuthError,
    NoBrowser,
    NothingToRenewWith,
    ProviderFailed,
    SessionEnded,
    StoreFailed,
    TransientError,
)
from ...oidc.endpoints.audience_request import check_audience
from ...oidc.id_token import UnknownKey
from ...oidc.provider_client import ProviderClient
from ...oidc.tokens import UncheckedTokens
from ...sessions.session import Session
from ...sessions.tokens.audience_token import AudienceToken
from ...settings import RenewalMethod
from ..user_agents import UserAgent
from .choice import Policy, is_awaited, most_hopeful, order
from .record import Record
from .refresh_token import use_refresh_token

log = logging.getLogger(__name__)


class AudienceRenewal:
    """Tries the refresh token, then the frame; but first the one that brought the token before."""

    def __init__(
        self,
        audience: str,
        record: Record,
        user_agent: UserAgent,
        policy: Policy,
        provider: ProviderClient,
        clock: Clock,
    ) -> None:
        self._audience = audience
        self._record = record
        self._user_agent = user_agent
        self._policy = policy
        self._provider = provider
        self._clock = clock

    async def run(self) -> Session:
        """The session with a new token for the audience, as the store has it.

        Raises `SessionEnded` if it was logged out meanwhile, `AudienceRefused` if the provider has none for it, else
        the most hopeful of the errors of all methods.
        """
        check_audience(self._provider.registration, self._audience)
        await self._record.catch_up()
        before = self._record.session.audience_tokens.get(self._audience)
        await self._record.look_again()
        if (unchecked := self._record.session.unchecked) is not None:
            if unchecked.audience is None:
                raise TransientError('an answer that is for the session itself has to be checked first')
            await take_earlier_answer(self._record, self._provider, self._clock)
        if self._record.session.audience_tokens.get(self._audience) != before:
            return self._record.session
        return await self._by_methods()

    async def _by_methods(self) -> Session:
        failures: list[AuthError] = []
        for method in self._order():
            try:
                await (self._by_frame() if method == 'iframe' else self._by_refresh_token())
            except (SessionEnded, StoreFailed):
                raise
            except AuthError as error:
                log.info('no token for %s by %s: %s: %s', self._audience, method, error.code, error)
                if self._record.unwritten is not None:
                    raise  # a refresh token is here that has to be kept
                failures.append(error)
            else:
                return self._record.session
        if is_awaited(self._record.session, self._clock.now()):
            failures.append(TransientError('another process is waiting for the answer to the refresh token'))
        raise _told(failures)

    def _order(self) -> list[RenewalMethod]:
        """The refresh token first: it needs no page; what brought the token before comes before it."""
        session = self._record.session
        configured = sorted(self._policy.methods, key=lambda method: method == 'iframe')
        methods = order(configured, session, self._clock.now(), self._provider.quirks)
        known = session.audience_tokens.get(self._audience)
        return sorted(methods, key=lambda method: known is not None and method != known.renewed_by)

    async def _by_refresh_token(self) -> None:
        before = self._record.session.audience_tokens.get(self._audience)
        unchecked = await use_refresh_token(self._record, self._provider, self._clock, self._audience)
        if unchecked is not None:
            return await take_answer(self._record, self._provider, unchecked)
        session = self._record.session
        if session.audience_tokens.get(self._audience) != before:  # somebody else was faster
            return None
        if session.refresh_sent_at is not None or session.unchecked is not None:
            raise TransientError('another process is using the refresh token')
        return await self._by_refresh_token()

    async def _by_frame(self) -> None:
        session, quirks = self._record.session, self._provider.quirks
        if self._policy.hint != 'auto':
            quirks = replace(quirks, wants_hint=self._policy.hint == 'always')
        request = await self._provider.silent_request(
            self._policy.redirect_uri,
            session.tokens.id_token,
            quirks,
            has_refresh_token=True,
            audience=self._audience,
            wish=session.wish,
        )
        response = await self._user_agent.authorize(request.url)
        await take_answer(self._record, self._provider, await self._provider.send_code(request, response))


async def take_earlier_answer(record: Record, provider: ProviderClient, clock: Clock) -> None:
    """Use an answer for another audience that was kept and not checked; if it is worth nothing, it goes.

    Only its refresh token could not be had again, and the session has that.
    """
    unchecked = record.session.unchecked
    if unchecked is None or unchecked.audience is None:
        return
    if unchecked.is_outlived(clock.now()):
        await record.write(Session.without_answer_for_audience)
        return
    try:
        await take_answer(record, provider, unchecked)
    except (SessionEnded, StoreFailed):
        raise
    except AuthError as error:
        log.info('an answer for %s that was checked late is not used: %s: %s', unchecked.audience, error.code, error)


async def take_answer(record: Record, provider: ProviderClient, unchecked: UncheckedTokens) -> None:
    """Give the session the token in this answer, once it is checked; else the answer goes, and raises why."""
    session, audience = record.session, unchecked.audience or ''
    by: RenewalMethod = 'refresh_token' if unchecked.is_refresh else 'iframe'
    try:
        if unchecked.is_refresh:
            claims, id_token = session.refresh_claims, session.tokens.id_token
            grant = await provider.check_refreshed(unchecked, id_token=id_token, claims=claims)
        else:
            grant = await provider.check_redeemed(unchecked, subject=session.subject)
    except AuthError as error:
        if session.unchecked is not None:
            await record.write(Session.without_answer_for_audience)
        if isinstance(error, UnknownKey):
            raise ProviderFailed(f'{error}; it may be published later than it is used') from error
        raise
    token = AudienceToken.of(grant, by)
    await record.write(lambda session: session.with_audience_token(audience, token))


def _told(failures: Iterable[AuthError]) -> AuthError:
    """What the provider says of the audience comes first: no other way, and no page, changes that."""
    errors = list(failures)
    if not errors:
        return NothingToRenewWith()
    errors = [error for error in errors if not isinstance(error, NoBrowser)] or errors  # somebody was asked
    told = next((error for error in errors if isinstance(error, AudienceRefused)), None) or most_hopeful(errors)
    told.retry_after = max(error.retry_after for error in errors)
    return told
