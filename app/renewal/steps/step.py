"""What becomes of a state, and what is to be done."""

from __future__ import annotations

from .. import events
from ..state import State

Step = tuple[State, tuple[events.Effect, ...]]
