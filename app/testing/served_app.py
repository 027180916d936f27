"""Runs an app's main file with the demo provider: the process that `demo_app` starts."""

from __future__ import annotations

import os
import runpy
import sys
import threading
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nicegui
import uvicorn

from ..auth import Auth
from ..clock import Clock
from ..oidc.http import http_client
from ..parts import Surroundings
from ..settings import Settings
from ..settings.provider import Provider

FROM_ELSEWHERE = ('oidc_issuer', 'oidc_client_id', 'oidc_client_secret', 'oidc_audience', 'auth0_domain', 'api_url')


def main() -> None:
    """Takes the main file, the port and the folder for data from the command line."""
    file, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ['PORT'] = str(port)  # for an app that is all ours, and reads the short names
    Auth._surroundings = demo_surroundings(port, folder)
    here: dict[str, Any] = {'host': '127.0.0.1', 'port': port, 'reload': False}
    nicegui.ui.run = _told(nicegui.ui.run, **here, show=False, native=False)
    uvicorn.run = _told(uvicorn.run, **here)
    sys.argv = [file]
    runpy.run_path(file, run_name='__main__')


def demo_surroundings(port: int, folder: Path) -> Surroundings:
    """The app's own settings, but for where it is, who signs people in, and where files are kept."""
    changes: dict[str, Any] = dict.fromkeys(FROM_ELSEWHERE)
    changes |= {'host': 'localhost', 'port': port, 'data_dir': folder, 'native': False}

    def settings(of_app: Settings) -> Settings:
        url = f'http://localhost:{port}{urlsplit(of_app.base_url).path}'
        is_known = 'base_url' in of_app.model_fields_set  # else its first request tells
        demos = tuple(Provider(name=one.name, label=one.label) for one in of_app.oidc_providers)
        here = {**changes, 'oidc_providers': demos}
        return of_app.model_copy(update={**here, 'base_url': url} if is_known else here)

    http = partial(http_client, trust_env=False)
    return Surroundings(Clock(), http, settings, parts=lambda parts: parts, made=lambda _: None)


def _told(run: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """The same function, with these options whatever it is told."""

    @wraps(run)
    def told(*args: Any, **kwargs: Any) -> Any:
        return run(*args, **{**kwargs, **options})

    return told


def _end_with_parent() -> None:
    """Whoever has started this holds the other end of the standard input."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)
