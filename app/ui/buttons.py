"""The buttons that sign in and out, in Quasar's look."""

from __future__ import annotations

from nicegui import ui

from ..oidc.wishes.wish import NOTHING, SignInWish
from .logout_form import LogoutForm
from .notices.texts import texts
from .page_context import PageContext


def login_button(
    context: PageContext,
    text: str = '',
    *,
    prompt: str | None = None,
    wish: SignInWish = NOTHING,
    provider: str | None = None,
    in_window: bool = False,
    color: str | None = 'primary',
) -> ui.button:
    """A link that signs in and comes back to the page that is open then, with its fragment.

    `in_window`: in a window of its own, so that this page goes on as it is. `prompt` as in OpenID Connect Core
    §3.1.2.1, of what links may ask for: `login`, `select_account`. `wish` is what else is asked for. `provider` is the
    name of the one of several to sign in at, without which people choose; raises `ValueError` if there is no such one.
    """
    context.app.providers.known(provider)
    button = ui.button(text or texts['log_in'], color=color).props('no-caps data-testid=login')
    if in_window:
        return button.on('click', js_handler=context.sign_in_again_js(prompt, provider, wish))

    def follow(_: str = '') -> None:
        if not button.is_deleted:
            button.props['href'] = context.login_url_with(prompt, provider, wish)

    ui.context.client.sub_pages_router.on_path_changed(follow)
    follow()
    return button


def logout_button(form: LogoutForm, text: str = '', *, color: str | None = 'primary') -> ui.button:
    """A button that logs out whom the form names, with one click; it is put into the form."""
    with form:
        return ui.button(text or texts['log_out'], color=color).props('type=submit no-caps data-testid=logout')
