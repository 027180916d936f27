"""How long a session may last, and what its end means. Pure, as the machine is."""

from __future__ import annotations

from dataclasses import replace

from ...errors import SessionEnded
from .. import events
from ..events import Failure
from ..limits import WARNING
from ..state import State
from .step import Step


def limited(state: State, now: float) -> Step | None:
    """The end of a session that is beyond a limit; None if it is not."""
    kind = beyond_limit(state, now)
    if state.is_over or kind is None:
        return None
    failure = Failure(kind, kind.code, now)
    return over(state, failure), (*dropping_all(state), events.MarkEnded(failure))


def beyond_limit(state: State, now: float) -> type[SessionEnded] | None:
    """The limit that the session is beyond, as far as this process knows; whether it is so, `Woke` decides."""
    end = state.end
    return end[1] if end is not None and now >= end[0] else None


def warned(state: State, now: float) -> State:
    end = state.end
    is_near = end is not None and not state.is_over and now >= end[0] - WARNING
    if end is None or not is_near or (state.warning is not None and state.warning.is_a(end[1])):
        return state if is_near else replace(state, warning=None)
    return replace(state, warning=Failure(end[1], end[1].code, now))


def seen(state: State, now: float) -> Step:
    effects = (events.NoteActivity(now),) if state.rules.limits.idle else ()
    return warned(replace(state, active_at=max(state.active_at, now)), now), effects


def limit_at(state: State) -> float | None:
    """The end of the session if the person was warned of it, else the warning."""
    end = state.end
    if end is None or state.is_over:
        return None
    return end[0] if state.warning is not None and state.warning.is_a(end[1]) else end[0] - WARNING


def over(state: State, failure: Failure | None) -> State:
    state = replace(state, phase='signed-out', error=failure, warning=None, next_attempt=None)
    return replace(state, lacks_page=False, audiences={})


def dropping_all(state: State) -> tuple[events.Effect, ...]:
    """What is under way for a session that is over, or for an earlier sign-in, is for nobody."""
    return (*dropping(state), *dropping_audiences(state))


def dropping_audiences(state: State) -> tuple[events.Effect, ...]:
    """Those of the renewals for audiences, where there are any."""
    return (events.DropAudiences(),) if any(known.is_renewing for known in state.audiences.values()) else ()


def dropping(state: State) -> tuple[events.Effect, ...]:
    return (events.DropRenewal(),) if state.phase == 'renewing' else ()
