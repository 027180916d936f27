"""The two ways to renew, and which to try first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.errors import (
    AppError,
    ClientRefused,
    CookieWithheld,
    InteractionRequired,
    MisconfigurationError,
    TransientError,
)
from app.oidc.provider import Grant, Provider
from app.renewal.frames import Frame
from app.sessions.session import Session
from app.settings import HintPolicy, RenewalWay


def order(configured: Sequence[RenewalWay], session: Session) -> tuple[RenewalWay, ...]:
    """The ways that make sense for this session, the likeliest first.

    The frame makes none once the browser was seen to withhold the provider's cookie from it. A refresh token that may
    have been used up comes last: with rotation, its reuse would end everything (RFC 9700 §4.14.2).
    """
    usable = {
        'iframe': session.frame_works is not False,
        'refresh_token': session.tokens.refresh_token is not None,
    }
    ways = [way for way in configured if usable[way]]
    return tuple(sorted(ways, key=lambda way: way == 'refresh_token' and session.refresh_in_doubt))


def most_hopeful(errors: Iterable[AppError]) -> AppError:
    """Of several failures the one that leaves most to be done: try again, then mend, then ask the person."""
    kinds = (TransientError, MisconfigurationError, AppError)
    return min(errors, key=lambda error: next(rank for rank, kind in enumerate(kinds) if isinstance(error, kind)))


async def by_frame(frame: Frame, session: Session, provider: Provider, redirect_uri: str, hint: HintPolicy) -> Grant:
    """The silent renewal: the request, its answer in the frame, and the grant once everything was checked.

    Raises `CookieWithheld` where the provider does not recognise the browser that has signed in at it, and never did
    in this session.
    """
    quirks, refusal = provider.quirks, None
    if hint == 'always':
        quirks = quirks.with_hint()
    while True:
        request = await provider.silent_request(redirect_uri, session.tokens.id_token, quirks)
        try:
            grant = await provider.redeem(request, await frame.authorize(request.url), subject=session.subject)
        except AppError as error:
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
    return await provider.refresh(
        refresh_token, scope=tokens.scope, id_token=tokens.id_token, claims=session.refresh_claims
    )


def _explained(error: AppError, session: Session) -> AppError:
    if isinstance(error, InteractionRequired) and error.code == 'login_required' and session.frame_works is None:
        return CookieWithheld(str(error), description=error.description)
    return error
