"""What somebody types stays in their tab until they log out, whatever happens to the page or the app."""

from __future__ import annotations

from nicegui import ui

from app.sessions.session import LOGOUTS
from app.ui.page_context import PageContext
from pages.live import show_live

NOBODY = 'nobody'  # after a logout; while nobody knows who is here, nothing is forgotten


class KeptText(ui.element, component='kept_text.js'):
    """Put one text field into it: what `owner` types there is there again after the page was loaded anew."""

    def __init__(self, owner: str, name: str = '') -> None:
        super().__init__()
        self.props.update({'owner': owner, 'name': name})

    def forget(self) -> None:
        """What was typed has been sent."""
        self.run_method('forget')


def forget_texts_of_others(context: PageContext) -> None:
    """What was typed goes with a logout, and when another person signs in; it waits for who is to log in again."""
    keeper = KeptText('')

    def show(owner: str) -> None:
        keeper.props['owner'] = owner

    show_live(lambda: _owner(context), show, context.on_change)


def _owner(context: PageContext) -> str:
    if context.session is not None:
        return context.session.owner
    error = context.tab.live_session.error if context.tab else None
    code = error.code if error else context.ended.code if context.ended else None
    return NOBODY if code in LOGOUTS else ''
