"""The admin page: how this app is doing, for those who were granted `write:messages`; and more for one role."""

from __future__ import annotations

from nicegui import ui

from app import AuthError
from pages import inside
from pages.auth import auth
from pages.live import draw_live
from pages.section import section, stat
from pages.session_state import ICONS

ROLE = 'admin'

Counts = tuple[tuple[str, int], ...]


def admin() -> None:
    """Numbers about this process, nobody's name, nobody's tokens; and with the role a way to log somebody out."""
    ui.label('Admin').props('role=heading aria-level=1').classes('title')
    ui.label('You see this page since you were granted the scope write:messages.').classes('lead')
    with section('Right now'):
        with ui.element('div').classes('w-full').props('data-testid=figures') as place:
            draw_live(_counts, _draw, auth.on_change, inside.on_tabs_change)

        def look_again() -> None:
            place.clear()
            with place:
                _draw(_counts())

        ui.button('Look again', on_click=look_again, color=None).props('flat no-caps icon=refresh')
    lead = f'Only with the role {ROLE}. It ends all sessions of a person, on all devices.'
    with section('Log somebody out', lead), ui.column().classes('w-full gap-4').props('data-testid=log-out-somebody'):
        draw_live(lambda: bool(auth.user and auth.user.has(role=ROLE)), _log_out_somebody)


def _log_out_somebody(has_role: bool) -> None:
    if not has_role:
        ui.label(f'You do not have the role {ROLE}.').props('data-testid=role-missing')
        return
    subject = ui.input('Subject').props('outlined data-testid=subject').classes('w-full')
    ui.label('It is the claim sub, as on the page Profile.').classes('hint')
    ui.button('Log out everywhere', on_click=lambda: _sign_out(str(subject.value or '')), color=None).props(
        'unelevated no-caps data-testid=sign-out-everywhere'
    ).classes('action')


@auth.require(role=ROLE)
async def _sign_out(subject: str) -> None:
    if auth.user is None:
        return
    with ui.context.client:  # the page with the button may be left meanwhile
        try:
            count = await auth.sign_out(auth.user.issuer, subject.strip())
        except AuthError as error:
            ui.notify(f'{error.title}. {error.advice}', position='top')
        else:
            ui.notify(f'Sessions ended: {count}.', position='top')


def _counts() -> Counts:
    by_state, tabs = inside.sessions()
    return (
        ('Sessions with an open tab', by_state.total()),
        ('Open tabs', tabs),
        *((state, by_state[state]) for state in ICONS if by_state[state]),
    )


def _draw(counts: Counts) -> None:
    with ui.row().classes('stats'):
        for caption, number in counts:
            with stat(caption):
                ui.label(str(number)).classes('number')
