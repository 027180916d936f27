"""Which method to try first, and which of several failures to tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...errors import AuthError, MisconfigurationError, NoBrowser, TransientError
from ...oidc.quirks import FRAME_REST, Quirks
from ...sessions.session import Session
from ...settings import HintPolicy, RenewalMethod

SILENT_TWICE = 2  # times in a row without any answer, after which the frame is not the first to be asked
NOTHING_LEARNT = Quirks()
ANSWER_COMES = 60.0  # seconds; after that no process waits for the answer to a refresh token any more


@dataclass(frozen=True, slots=True)
class Policy:
    """How to renew, as the settings have it; `redirect_uri` is the silent frame's."""

    redirect_uri: str
    methods: Sequence[RenewalMethod] = ('iframe', 'refresh_token')
    hint: HintPolicy = 'auto'


def order(
    configured: Sequence[RenewalMethod], session: Session, now: float = 0.0, quirks: Quirks = NOTHING_LEARNT
) -> tuple[RenewalMethod, ...]:
    """The methods that make sense for this session, the likeliest first.

    The frame makes none once the browser was seen to withhold the provider's cookie from it, and comes last for a while
    where it got no answer at all. A refresh token that may have been used up comes last: with rotation, its reuse would
    end everything (RFC 9700 §4.14.2). One that somebody sent whose answer nobody has is not sent again.
    """
    usable = {
        'iframe': session.frame_works is not False,
        'refresh_token': session.tokens.refresh_token is not None and session.refresh_sent_at is None,
    }
    is_last = {'iframe': is_frame_silent(session, now, quirks), 'refresh_token': session.refresh_in_doubt}
    return tuple(sorted((method for method in configured if usable[method]), key=lambda method: is_last[method]))


def is_frame_silent(session: Session, now: float, quirks: Quirks = NOTHING_LEARNT) -> bool:
    """Whether the frame was asked in vain so often, and so lately, that whatever else there is comes first.

    A session that knows nothing of its frame goes by what others have found out about the provider.
    """
    if session.frame_works is None and quirks.is_frame_silent(now):
        return True
    return session.frame_timeouts >= SILENT_TWICE and 0 <= now - session.frame_silent_at < FRAME_REST


def is_awaited(session: Session, now: float) -> bool:
    """Whether another process may still be waiting for the answer to the refresh token."""
    return session.refresh_sent_at is not None and 0 <= now - session.refresh_sent_at < ANSWER_COMES


def most_hopeful(errors: Iterable[AuthError]) -> AuthError:
    """Of several failures the one that leaves most to be done: try again, then mend, then ask the person.

    That no page could be asked says least: where the provider itself has answered, that counts.
    """
    kinds = (TransientError, MisconfigurationError, AuthError)

    def rank(error: AuthError) -> tuple[int, bool]:
        return next(rank for rank, kind in enumerate(kinds) if isinstance(error, kind)), isinstance(error, NoBrowser)

    return min(errors, key=rank)
