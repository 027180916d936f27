"""Pages of visitors that are open in this process, and are told of who signs in in their browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_urlsafe

from ..sessions.session import Session


@dataclass(slots=True)
class _Page:
    browser: str
    told: Callable[[str], object]
    become: Callable[[Session], object]
    session_id: str | None = None


class Visitors:
    """A page becomes that of who has signed in only once its browser has shown the cookie that came of that.

    The id that the browser had as a visitor's proves nothing: whoever used it before (a kiosk) may have kept it, and
    would have the next person's page on a machine of their own.
    """

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}

    def watch(
        self, browser: str, told: Callable[[str], object], become: Callable[[Session], object]
    ) -> Callable[[], object]:
        """The page is told of a sign-in in its browser with the key that this has to send back; its end is given back.

        When the browser has done so, `become` gets the session.
        """
        key = token_urlsafe()
        self._pages[key] = _Page(browser, told, become)
        return lambda: self._pages.pop(key, None)

    def tell(self, browser: str, session: Session) -> None:
        """Somebody has signed in in the browser that had this id as a visitor's."""
        for key, page in tuple(self._pages.items()):
            if page.browser == browser:
                page.session_id = session.id
                page.told(key)

    def told_of(self, session: Session) -> list[str]:
        """The keys of the pages that were told of this session."""
        return [key for key, page in self._pages.items() if page.session_id == session.id]

    def prove(self, key: str, session: Session | None) -> bool:
        """The browser that sends this key has this session; whether that is the one which its page was told of."""
        page = self._pages.get(key)
        if page is None or session is None or page.session_id != session.id:
            return False
        page.become(session)
        return True
