"""What if the provider misbehaves? The panel that makes the demo provider do so; there is none with a real one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from nicegui import ui

from app import AuthError
from app.demo.demo import Demo
from app.demo.overrides import DELAY, RETRY_AFTER, Lasting, Overrides
from pages import inside
from pages.auth import auth
from pages.live import on_path_change, page_path, show_live
from pages.renew_now import renew_now
from pages.section import section

Happening = Callable[[Demo], Awaitable[None]]

LASTING: dict[Lasting, tuple[str, str]] = {
    Lasting.WELL: (
        'All is well',
        'The provider does what it should. The app comes back by itself, unless it has asked you to log in again.',
    ),
    Lasting.DOWN: (
        'The provider is down',
        'It answers everything with an error. Watch for retrying, once the hidden frame has waited long enough: you '
        'stay logged in, and it is tried again and again.',
    ),
    Lasting.SLOW: (
        'The provider is slow',
        f'Each of its steps takes {DELAY:g} seconds. Watch for renewing: it takes long, and nothing waits for it.',
    ),
    Lasting.RATE_LIMITING: (
        'The provider is asked too often',
        f'It gives out no tokens, and wants {RETRY_AFTER} seconds of peace. Watch for the next attempt: no sooner.',
    ),
    Lasting.COOKIES_WITHHELD: (
        'The browser withholds cookies',
        'As Safari does for another site. Watch for Log in again: it opens a window, and what you typed stays.',
    ),
}


def what_if() -> None:
    """The panel, which is not there with a real provider."""
    if (demo := inside.demo()) is None:
        return
    with section('What if?', 'Make the demo provider misbehave, and watch what this app does about it.'):
        _lasting(demo.overrides)
        ui.label('These happen once:').classes('hint')
        with ui.element('div').classes('what-ifs'):
            for name, (title, text, happen) in ONCE.items():
                with ui.element('div').classes('what-if'):
                    ui.button(title, on_click=partial(_run, happen, demo), color=None).props(
                        f'outline no-caps data-testid=what-if-{name}'
                    )
                    ui.label(text).classes('hint')


def what_if_reminder() -> None:
    """A line for each page while a fault lasts, with the way out of it: also for who cannot log in meanwhile."""
    if (demo := inside.demo()) is None:
        return
    with ui.element('div').classes('banner').props('role=status data-testid=what-if-reminder') as line:
        ui.icon('science', size='1.5rem').props('aria-hidden=true')
        text = ui.label().classes('col')
        ui.button('All is well again', on_click=lambda: demo.overrides.choose(Lasting.WELL), color=None).props(
            'flat no-caps data-testid=what-if-end'
        )

    def update() -> None:
        lasting = demo.overrides.lasting
        text.set_text(f'What if? You chose: {LASTING[lasting][0]}.')
        panel_says_it = auth.user is not None and page_path() == '/session'
        line.set_visibility(lasting is not Lasting.WELL and not panel_says_it)

    auth.on_change(update)
    on_path_change(update)


def _lasting(overrides: Overrides) -> None:
    with ui.element('div').props('role=radiogroup aria-label="What the demo provider does"').classes('what-ifs'):
        inputs = {lasting: _choice(overrides, lasting) for lasting in LASTING}

    def show(chosen: Lasting) -> None:
        for lasting, radio in inputs.items():
            radio.props['checked'] = lasting is chosen

    show_live(lambda: overrides.lasting, show)


def _choice(overrides: Overrides, lasting: Lasting) -> ui.element:
    title, text = LASTING[lasting]
    with ui.element('label').classes('what-if'):
        radio = ui.element('input').props(f'type=radio name=what-if data-testid=what-if-{lasting}')
        with ui.element('span'):
            ui.label(title)
            ui.label(text).classes('hint')

    async def choose() -> None:
        overrides.choose(lasting)
        if lasting is not Lasting.WELL:
            await renew_now()

    return radio.on('change', choose, args=[])


async def _run(happen: Happening, demo: Demo) -> None:
    with ui.context.client:  # the page with the button may be left meanwhile
        await happen(demo)


async def _sign_out_elsewhere(demo: Demo) -> None:
    session = inside.page_context().session
    if session is not None and session.frame_works is None:
        # So that the app has seen that the silent frame works here, and knows what no answer means.
        with suppress(AuthError):  # the log on the page has said why; what the click asks for is done all the same
            await auth.renew()
    if sid := _sid():
        demo.sign_out_elsewhere(sid)
        await renew_now()


async def _let_another_in(demo: Demo) -> None:
    if auth.user is not None and (sid := _sid()):
        demo.let_another_in(sid, auth.user.sub)
        await renew_now()


async def _take_role(demo: Demo) -> None:
    if auth.user is not None:
        demo.take_role(auth.user.sub)
        await renew_now()


async def _rotate_keys(demo: Demo) -> None:
    if await demo.rotate_keys():
        await renew_now()
    else:
        ui.notify('That was less than a minute ago. No app looks for new keys more often.', position='top')


async def _revoke_access_token(demo: Demo) -> None:
    """Revoke it and do nothing else: a renewal now would hide what is to be seen."""
    if auth.user is not None:
        demo.revoke(await auth.user.access_token())
        ui.notify('Revoked. Now open the page API, and call private.', position='top')


def _sid() -> str | None:
    sid = auth.user.claims.get('sid') if auth.user else None
    return sid if isinstance(sid, str) else None


ONCE: dict[str, tuple[str, str, Happening]] = {
    'signed-out': (
        'Signed out elsewhere',
        'Your session at the provider is over. Watch for sign-in-needed, and for what Log in again does.',
        _sign_out_elsewhere,
    ),
    'another-user': (
        'Another user there',
        'Somebody else is signed in at the provider now. Watch for the question; a second click brings you back.',
        _let_another_in,
    ),
    'role-taken': (
        'Role taken away',
        'Your first role is yours no more. Watch Roles on the page Profile, and what the page Admin still lets you do; '
        'a second click gives it back.',
        _take_role,
    ),
    'keys-rotated': (
        'Keys rotated',
        'The provider signs with a new key. Watch for nothing: the app fetches it, and the renewal works.',
        _rotate_keys,
    ),
    'token-revoked': (
        'Access token revoked',
        'The demo API refuses it from now on. Watch on the page API: it is renewed, and the call repeated.',
        _revoke_access_token,
    ),
}
