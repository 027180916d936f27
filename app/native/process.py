"""The window's process, which ends with the app's.

NiceGUI starts the window in a process of its own, by `multiprocessing`. It waits there for the app to listen, for ever
if it must, and shows the window until it is told to close it. An app that was killed, or that ended before it listened,
tells nobody anything; so the process itself watches whether its parent is there.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from threading import Thread

POLL = 0.02  # seconds
GRACE = 2.0  # seconds


class WindowUrl(str):
    """An address for the window, as `app.native.window_args` takes it; as soon as it arrives there, the watch begins.

    `multiprocessing` hands arguments over by pickle. They are unpickled in the window's process, before anything of
    NiceGUI or of the window runs there.
    """

    def __reduce__(self) -> tuple[Callable[[str], str], tuple[str]]:
        return _arrived, (str(self),)


def _arrived(url: str) -> str:
    Thread(target=end_with_parent, name='end with the app', daemon=True).start()
    return url


def end_with_parent() -> None:
    """Wait until the process that started this one has ended, in whatever way, and end this one.

    A window that is open is closed first, so that its engine writes down the cookies.
    """
    while (parent := multiprocessing.parent_process()) is None:  # it is known once all arguments are unpickled
        time.sleep(POLL)
    parent.join()
    import webview  # which only the window's process has loaded

    for window in webview.windows:
        Thread(target=window.destroy, daemon=True).start()  # it waits for a window that is not shown yet
    time.sleep(GRACE)
    os._exit(0)  # from beside the main thread, which is Qt's, nothing gentler ends a process
