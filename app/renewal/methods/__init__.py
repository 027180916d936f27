"""The two methods to renew, by the silent frame and by the refresh token, and which to try first.

Each is a coroutine around `oidc` and the store; when to renew at all is the machine's business, one storey up.
"""

from __future__ import annotations

from .audience import AudienceRenewal
from .choice import Policy, is_frame_silent, most_hopeful, order
from .renewal import Renewal
from .turns import Turns
from .userinfo import ask_userinfo

__all__ = ['AudienceRenewal', 'Policy', 'Renewal', 'Turns', 'ask_userinfo', 'is_frame_silent', 'most_hopeful', 'order']
