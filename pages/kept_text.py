"""What somebody types stays in their tab until they log out, whatever happens to the page or the app."""

from __future__ import annotations

from hashlib import sha256

from nicegui import ui

from pages import inside
from pages.auth import auth
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


def forget_texts_of_others() -> None:
    """What was typed goes with a logout, and when another person signs in; it waits for who is to log in again."""
    keeper = KeptText('')

    def show(owner: str) -> None:
        keeper.props['owner'] = owner

    show_live(owner_here, show)


def owner_here() -> str:
    """Whose texts are kept here: the same for all sessions of a person, and nobody else's; tells nothing itself."""
    if (user := auth.user) is not None:
        return sha256(f'{user.issuer}\n{user.sub}'.encode()).hexdigest()
    return NOBODY if inside.is_logged_out() else ''
