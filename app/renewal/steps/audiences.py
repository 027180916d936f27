"""What becomes of the tokens for other audiences. Pure, as the machine is, which has the table.

what happens          | what comes of it
----------------------+-----------------------------------------------------------------------------------------
it is wanted          | within its lead it is renewed behind whoever uses it; without one, or refused, at once
renewed               | the session has it; the session's own token, its phase and its error stay
failed, transient     | not before 1, 2, 4, ... 30 s; what `Retry-After` asks for binds the session, too
failed, no page       | no failure: it is tried when it is wanted again
refused, or for good  | for this audience only, and not before `REFUSED_PAUSE`, `PERSON_PAUSE`
the session ended     | the session is over, as after a renewal of its own

One renewal per audience at a time, and none before the session's `not_before`, or more often than ten in thirty
seconds; none for a session that is over, or that the provider has refused.
"""

from __future__ import annotations

from dataclasses import replace

from ...errors import AudienceRefused, NoBrowser, RenewalTooSoon, SessionEnded, TransientError
from ...sessions.tokens.audience_token import AudienceToken
from .. import events, schedule
from ..events import Failure
from ..state import State
from .audience import Audience
from .limits import beyond_limit
from .step import Step

REFUSED_PAUSE = 600.0  # seconds; with rotation, each refusal may cost the refresh token that it was asked with
PERSON_PAUSE = 60.0  # seconds after whatever else only a person, or the operator, can go on from


def audience_wanted(state: State, event: events.AudienceWanted, now: float) -> Step:
    known = state.audiences.get(event.audience, Audience())
    token = state.session.audience_tokens.get(event.audience)
    if known.is_renewing or not (event.is_refused or _needs_renewal(token, state.rules.lead, now)):
        return state, ()
    if state.is_over or state.is_refused or beyond_limit(state, now):
        return state, (events.Refuse(state.error or Failure(SessionEnded, SessionEnded.code, now)),)
    earliest = max(now, state.not_before, known.not_before, schedule.after_burst(known.attempts, now))
    if now < earliest:
        why = known.error or Failure(RenewalTooSoon, RenewalTooSoon.code, now)
        return state, (events.Refuse(why, earliest - now),)
    attempts = (*known.attempts, now)[-schedule.BURST :]
    known = replace(known, is_renewing=True, attempts=attempts)
    return _with(state, event.audience, known), (events.BeginAudience(event.audience),)


def audience_renewed(state: State, event: events.AudienceRenewed) -> State:
    known = state.audiences.get(event.audience, Audience())
    state = _with(state, event.audience, Audience(attempts=known.attempts))
    return _newer(state, event)


def audience_failed(state: State, event: events.AudienceFailed, now: float) -> State:
    known = replace(state.audiences.get(event.audience, Audience()), is_renewing=False, error=event.failure)
    asked_for = min(event.retry_after, schedule.LONGEST_PAUSE)
    if event.failure.is_a(NoBrowser):
        pause = 0.0
    elif event.failure.is_a(TransientError):
        known = replace(known, failures=known.failures + 1)
        pause = schedule.backoff(known.failures) * event.jitter
    else:
        pause = REFUSED_PAUSE if event.failure.is_a(AudienceRefused) else PERSON_PAUSE
    known = replace(known, not_before=now + max(pause, asked_for))
    if asked_for:
        state = replace(state, not_before=max(state.not_before, now + asked_for))
    return _newer(_with(state, event.audience, known), event)


def audiences_dropped(state: State) -> State:
    """Nothing is under way, or known to fail: another sign-in has brought other tokens."""
    return replace(state, audiences={}) if state.audiences else state


def audiences_back_in_time(state: State, now: float) -> State:
    """A clock that was set back: what was to be waited for is over, if it was set by one that ran ahead."""
    ahead = [name for name, known in state.audiences.items() if any(moment > now for moment in known.attempts)]
    for name in ahead:
        state = _with(state, name, replace(state.audiences[name], attempts=(), not_before=0.0))
    return state


def _needs_renewal(token: AudienceToken | None, lead: float, now: float) -> bool:
    if token is None:
        return True
    if token.expires_at is None or token.lifetime is None:
        return False
    return now >= token.expires_at - schedule.lead(token.lifetime, lead)


def _newer(state: State, event: events.AudienceRenewed | events.AudienceFailed) -> State:
    """The rest of the state stays: this is no renewal of the session."""
    is_newer = event.session.id == state.session.id and event.session.revision > state.session.revision
    return replace(state, session=event.session) if is_newer else state


def _with(state: State, audience: str, known: Audience) -> State:
    return replace(state, audiences={**state.audiences, audience: known})
