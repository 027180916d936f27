"""What happened to the session, newest first, with reasons."""

from __future__ import annotations

from nicegui import ui

from app import HistoryEntry
from pages.auth import auth
from pages.live import draw_live, of_user
from pages.section import section
from pages.session.expiry_gauge import METHODS, duration
from pages.times import LocalTime

SHOWN = 30  # entries; the rest is on the timeline
EVENTS: dict[str, tuple[str, str, str]] = {  # icon, color, what happened
    'signed-in': ('login', 'primary', 'Logged in'),
    'resumed': ('history', 'primary', 'The app took up this session again'),
    'renewed': ('check_circle', 'positive', 'Renewed'),
    'renewed-elsewhere': ('check_circle', 'positive', 'Renewed by another process'),
    'failed': ('sync_problem', 'warning', 'Not renewed'),
    'refused': ('error', 'negative', 'Only you can say how to go on'),
    'gave-up': ('error', 'negative', 'Given up for now'),
    'ended': ('logout', 'quiet', 'Logged out'),
}


def log() -> None:
    """Show the latest entries, in a list that grows at its top."""
    with (
        section('What happened', 'Newest first. It is kept while the app runs, and forgotten when you log out.'),
        ui.element('ol').classes('log tall').props('data-testid=log tabindex=0'),
    ):
        draw_live(of_user(lambda user: user.history[-SHOWN:]), _draw)


def _draw(entries: tuple[HistoryEntry, ...]) -> None:
    for entry in reversed(entries):
        _line(entry)


def _line(entry: HistoryEntry) -> None:
    icon, color, title = EVENTS[entry.kind]
    with ui.element('li').props(f'data-kind={entry.kind}'):
        LocalTime(entry.at).classes('caption')
        ui.icon(icon, color=color, size='1.25rem').props('aria-hidden=true')
        with ui.element('div'):
            ui.label(title).classes('font-medium')
            for reason in reasons(entry):
                ui.label(reason).classes('hint')


def reasons(entry: HistoryEntry) -> list[str]:
    """Why it happened, how, and what comes next."""
    told = []
    if entry.kind == 'renewed' and entry.took is not None and entry.token.renewed_by:
        told.append(f'{METHODS[entry.token.renewed_by].capitalize()}, in {duration(entry.took)}.')
    if entry.frame_fell_silent:
        told.append('The silent frame got no answer, twice in a row: it is asked again in an hour, or if need be.')
    if entry.error:
        told.append(f'{entry.error.title} ({entry.error.code}). {auth.texts.quote(entry.error)}'.rstrip())
    if entry.kind in {'failed', 'refused'} and entry.next_attempt is not None:
        until = duration(max(0.0, entry.next_attempt - entry.at))
        told.append(f'To be tried again in {until} at the latest.')
    return told
