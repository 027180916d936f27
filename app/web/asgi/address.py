"""Where browsers reach the app, learnt from a request where no BASE_URL says it."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import Scope

from ...errors import SettingsError
from ...settings.addresses import Network
from ..local_request import is_from_here, is_named_here


def seen_base_url(scope: Scope, root: str, trusted: tuple[Network, ...] = ()) -> str:
    """The address that this request came to, if it is of this machine; `root` is the path of the pages in the app.

    `trusted` are the proxies whose word counts for who sends it.
    Raises `SettingsError` for any other: whoever sends it may name any host.
    """
    connection = HTTPConnection(scope)
    if not (is_from_here(connection, trusted) and is_named_here(connection)):
        origin = f'{connection.url.scheme}://{connection.headers.get("Host", "")}'
        raise SettingsError(f'BASE_URL: must be set, since the app is reached at {origin[:200]}')
    return f'{connection.url.scheme}://{connection.url.netloc}{scope.get("root_path", "")}{root}'
