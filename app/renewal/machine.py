"""What a session does next. Everything about that is decided here, and nothing else decides it.

Pure: events go in, a new state and effects come out; no clock, no network, no tasks. `LiveSession` runs the effects.

phase          | what it means                              | what leads on
---------------+--------------------------------------------+----------------------------------------------------------
active         | the token serves, the next renewal is set  | the moment set, a wish, an end
renewing       | one renewal is under way, never two        | its outcome, a sign-in, an end
retrying       | the latest renewal failed, and is repeated | the moment set, a wish, an end
sign-in-needed | refused, or given up: the person can go on | a sign-in, the person's wish, one try at expiry, an end
signed-out     | it is over                                 | a sign-in, and nothing else

event             | what comes of it
------------------+----------------------------------------------------------------------------------------------------
Woke              | beyond a limit it ends; a minute before it warns; what is due begins; expiry in a retry is noted
Opened, Returned  | a renewal that is due, or was given up, begins; so does one that had no page to ask
TokenWanted       | a token within its lead is renewed behind whoever uses it; one that has expired has to be
RenewalWanted     | it begins, or it is said why not: it is over, refused for good, too soon, or too often
Renewed           | active; the next one a lead before expiry, at once if that has passed; userinfo is asked anew
UserinfoCame      | the claims are newer, and nothing else is
Failed, transient | retrying after 1, 2, 4, ... 30 s, never before `Retry-After`; given up when the grace time is over
Failed, no page   | as before, and tried again when a page is there: no page to ask is no failure
Failed, for good  | sign-in-needed: until the token expires it serves, then one more try, then the session is ended
Touched           | an idle limit counts from now
SignedInAgain     | active with the new session, whatever it was before
ChangedElsewhere  | active with the newer session, unless it is over
AudienceWanted    | another audience's token is wanted: the table of `steps/audiences.py` has what comes of that
AudienceRenewed   | its token is newer, and nothing else is
AudienceFailed    | a pause that the provider asked for binds the session, and an end is an end; nothing else changes
Ended             | signed-out: whatever is under way is dropped, and its late answer counts for nothing
ClockJumped       | moments that were set by a clock that ran ahead move back with it

For all of them: no attempt before `not_before`, whoever asks; never more than ten in thirty seconds; a session that has
ended is never active again but by a sign-in. Moments are in seconds since the epoch.
"""

from __future__ import annotations

from dataclasses import replace

from ..errors import DefinitiveError, NoBrowser, RenewalTooSoon, SessionEnded, TooManyRenewals
from ..sessions.session import Session
from . import events, schedule
from .events import Failure
from .state import Phase, Rules, State
from .steps.audiences import (
    audience_failed,
    audience_renewed,
    audience_wanted,
    audiences_back_in_time,
    audiences_dropped,
)
from .steps.limits import (
    beyond_limit,
    dropping,
    dropping_all,
    dropping_audiences,
    limit_at,
    limited,
    over,
    seen,
    warned,
)
from .steps.step import Step

PAGE_RETRY = 5.0  # seconds after which a renewal that had no page to ask looks for one again, unless one comes first


def begin(session: Session, rules: Rules, now: float, active_at: float | None = None) -> State:
    """The state of a session that is looked at for the first time in this process."""
    state = State(rules, session, 'active', now if active_at is None else active_at, None)
    return _planned(state, now)


def wakes_at(state: State) -> float | None:
    """When `Woke` is due; None if nothing is to be waited for."""
    moments = [moment for moment in (_renewal_at(state), limit_at(state), _expires_at(state)) if moment is not None]
    return min(moments) if moments else None


def step(state: State, event: events.Event, now: float) -> Step:
    """What becomes of the state, and what is to be done, when this happens at this moment."""
    match event:
        case events.Woke(active_at):
            state = replace(state, active_at=max(state.active_at, active_at))
            return limited(state, now) or _renewal_if(_is_due(state, now), warned(_aged(state, now), now), now)
        case events.Opened():
            return _opened(state, event, now)
        case events.Returned():
            return _renewal_if(_is_waiting(state, now), state, now)
        case events.TokenWanted():
            return _renewal_if(_needs_renewal(state, now), state, now)
        case events.RenewalWanted(by_person):
            return _wanted(state, now, by_person=by_person)
        case events.Renewed(session) if state.phase == 'renewing':
            asking = (events.AskUserinfo(),) if session.needs_userinfo else ()
            return _succeeded(state, session, now), asking
        case events.UserinfoCame(session) if not state.is_over and _is_newer(session, state.session):
            return replace(state, session=session), ()
        case events.Failed() if state.phase == 'renewing':
            return _failed(state, event, now)
        case events.Touched() if not state.is_over and beyond_limit(state, now) is None:
            return seen(state, now)
        case events.SignedInAgain(session):
            fresh = replace(state, active_at=max(state.active_at, session.signed_in_at))
            return audiences_dropped(_succeeded(fresh, session, now)), dropping_all(state)
        case events.ChangedElsewhere(session) if not state.is_over:
            return _succeeded(state, session, now), dropping(state)
        case events.AudienceWanted():
            return audience_wanted(state, event, now)
        case events.AudienceRenewed() if not state.is_over:
            return audience_renewed(state, event), ()
        case events.AudienceFailed() if not state.is_over:
            return _audience_failed(state, event, now)
        case events.Ended(failure) if state.phase != 'signed-out' or failure is None or failure.is_for_good:
            return over(state, failure), dropping_all(state)
        case events.ClockJumped():
            return _back_in_time(state, now), ()
    return state, ()  # what comes too late counts for nothing


def _expires_at(state: State) -> float | None:
    return state.session.tokens.expires_at if state.phase == 'retrying' and not state.has_expired else None


def _aged(state: State, now: float) -> State:
    return replace(state, has_expired=state.failures > 0 and not state.session.is_active(now))


def _is_newer(session: Session, known: Session) -> bool:
    return session.id == known.id and session.revision > known.revision


# When to renew


def _renewal_at(state: State) -> float | None:
    return None if state.phase in {'renewing', 'signed-out'} else state.next_attempt


def _is_due(state: State, now: float) -> bool:
    moment = _renewal_at(state)
    return moment is not None and moment <= now


def _earliest(state: State, now: float) -> float:
    """The first moment at which anybody may ask the provider again."""
    return max(now, state.not_before, schedule.after_burst(state.attempts, now))


def _is_waiting(state: State, now: float) -> bool:
    """Whether something that comes back now is a reason to try."""
    return _is_due(state, now) or state.has_given_up or state.lacks_page


def _needs_renewal(state: State, now: float) -> bool:
    """Whether the token is within its lead, and a renewal might help: not if the provider has said no to it."""
    tokens = state.session.tokens
    if tokens.expires_at is None or tokens.lifetime is None or state.is_refused:
        return False
    return now >= tokens.expires_at - schedule.lead(tokens.lifetime, state.rules.lead)


def _opened(state: State, event: events.Opened, now: float) -> Step:
    """A page that opens is something that the person does, but it does not bring back what a limit has ended."""
    state = replace(state, active_at=max(state.active_at, event.active_at))
    if beyond := limited(state, now):
        return beyond
    if state.is_over:
        return state, ()
    effects: tuple[events.Effect, ...] = ()
    if state.phase != 'renewing' and event.session.revision > state.session.revision:
        state = _succeeded(state, event.session, now)
    elif state.has_given_up:
        state, effects = _renewal_if(True, state, now)
    state, noted = seen(state, now)
    return state, (*effects, *noted)


def _wanted(state: State, now: float, *, by_person: bool) -> Step:
    if state.phase == 'renewing':
        return state, ()
    if state.is_over or (state.is_refused and not by_person) or beyond_limit(state, now):
        return state, (events.Refuse(state.error or Failure(SessionEnded, SessionEnded.code, now)),)
    if (seconds := _earliest(state, now) - now) > 0:
        kind = TooManyRenewals if schedule.is_burst(state.attempts, now) else RenewalTooSoon
        return state, (events.Refuse(Failure(kind, kind.code, now), seconds),)
    return _renewal_if(True, state, now)


def _renewal_if(is_wanted: bool, state: State, now: float) -> Step:
    """Begin a renewal if it is wanted, and nothing is in its way; what is too soon is put off."""
    if not is_wanted or state.is_over or state.phase == 'renewing' or beyond_limit(state, now):
        return state, ()
    if now < (earliest := _earliest(state, now)):
        is_planned = state.next_attempt is not None or state.has_given_up
        return replace(state, next_attempt=earliest) if is_planned else state, ()
    attempts = (*state.attempts, now)[-schedule.BURST :]
    renewing = replace(state, phase='renewing', attempts=attempts, next_attempt=None, lacks_page=False)
    return renewing, (events.BeginRenewal(),)


# What became of a renewal


def _succeeded(state: State, session: Session, now: float) -> State:
    state = replace(state, session=session, phase='active', error=None, lacks_page=False, has_expired=False)
    state = replace(state, failures=0, failing_since=None, not_before=0.0)
    return warned(_planned(state, now), now)


def _planned(state: State, now: float, retry_after: float = 0.0, jitter: float = 1.0) -> State:
    """With the moment of the next attempt, which after a failure is the earliest one, too."""
    tokens = state.session.tokens
    moment = schedule.next_attempt(
        now=now,
        expires_at=tokens.expires_at,
        lifetime=tokens.lifetime,
        renewal_lead=state.rules.lead,
        failures=state.failures,
        failing_since=state.failing_since,
        recent=state.attempts,
        jitter=jitter,
        retry_after=retry_after,
        grace=state.rules.grace,
    )
    if state.failures == 0:
        return replace(state, next_attempt=moment)
    pause = max(schedule.LAST_RETRY, min(retry_after, schedule.LONGEST_PAUSE))
    earliest = now + pause if moment is None else moment
    return replace(state, next_attempt=moment, not_before=earliest)


def _failed(state: State, event: events.Failed, now: float) -> Step:
    state = replace(state, session=event.session)
    if event.failure.is_a(SessionEnded):
        return over(state, event.failure), dropping_audiences(state)
    if event.failure.is_a(NoBrowser):
        return _without_page(state, now), ()
    if event.failure.is_a(DefinitiveError):
        return _refused(state, event.failure, now)
    state = replace(state, failures=state.failures + 1, failing_since=state.failing_since or now)
    state = _planned(state, now, event.retry_after, event.jitter)
    phase: Phase = 'sign-in-needed' if state.next_attempt is None else 'retrying'
    return _aged(replace(state, phase=phase, error=event.failure), now), ()


def _audience_failed(state: State, event: events.AudienceFailed, now: float) -> Step:
    """It is one audience's affair, unless the session turned out to be over."""
    if event.failure.is_a(SessionEnded):
        return over(state, event.failure), dropping_all(state)
    return audience_failed(state, event, now), ()


def _without_page(state: State, now: float) -> State:
    """Nobody was asked, so nothing has failed: it is as it was before."""
    before: Phase = 'retrying' if state.failures else 'active'
    phase: Phase = 'sign-in-needed' if state.error is not None and state.error.is_a(DefinitiveError) else before
    moment = max(now + PAGE_RETRY, _earliest(state, now))
    return replace(state, phase=phase, next_attempt=moment, lacks_page=True)


def _refused(state: State, failure: Failure, now: float) -> Step:
    """Only a person can go on; until the token expires it serves, then there is one more try, then it is over."""
    state = replace(state, phase='sign-in-needed', error=failure)
    if state.session.is_active(now):
        return replace(state, next_attempt=state.session.tokens.expires_at), ()
    return replace(state, next_attempt=None), (events.MarkEnded(failure),)


def _back_in_time(state: State, now: float) -> State:
    """A clock that was set back: what was to be waited for is waited for by the new one, and no longer than that.

    A token that seems to come from the future expires sooner than it says; the next one has moments that are right.
    """
    ahead = max([0.0, *(attempt - now for attempt in state.attempts)])
    attempts = tuple(attempt - ahead for attempt in state.attempts)
    failing_since = None if state.failing_since is None else min(state.failing_since, now)
    state = replace(state, attempts=attempts, failing_since=failing_since, active_at=min(state.active_at, now))
    state = replace(state, not_before=max(0.0, state.not_before - ahead))
    moment = state.next_attempt
    if moment is not None and state.failures:
        moment -= ahead
    if moment is not None and state.session.tokens.issued_at > now:
        moment = max(now, state.not_before)
    return audiences_back_in_time(replace(state, next_attempt=moment), now)
