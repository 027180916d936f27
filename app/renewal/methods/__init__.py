"""The two methods to renew, by the silent frame and by the refresh token, and which to try first."""

from __future__ import annotations

from .choice import Policy, is_frame_silent, most_hopeful, order
from .renewal import Renewal

__all__ = ['Policy', 'Renewal', 'is_frame_silent', 'most_hopeful', 'order']
