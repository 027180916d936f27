"""Sign-in that stays signed in: everything but what people see, which lives in `pages`.

The public names are loaded on first use, so that the doctor, and whoever needs only a part, does not load NiceGUI.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .auth import Auth
    from .errors import AuthError, Denied
    from .hooks.person import Person
    from .renewal.history import HistoryEntry, IssuedToken
    from .sessions.store import SessionStore
    from .settings import Settings
    from .settings.provider import Provider
    from .ui.user import User
    from .web.endpoints.person import EndpointUser

__all__ = [
    'Auth',
    'AuthError',
    'Denied',
    'EndpointUser',
    'HistoryEntry',
    'IssuedToken',
    'Person',
    'Provider',
    'SessionStore',
    'Settings',
    'User',
]

_MODULES = {
    'Auth': '.auth',
    'AuthError': '.errors',
    'Denied': '.errors',
    'EndpointUser': '.web.endpoints.person',
    'HistoryEntry': '.renewal.history',
    'IssuedToken': '.renewal.history',
    'Person': '.hooks.person',
    'Provider': '.settings.provider',
    'SessionStore': '.sessions.store',
    'Settings': '.settings',
    'User': '.ui.user',
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(import_module(_MODULES[name], __name__), name)
