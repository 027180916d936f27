"""What happened, and a way on: a heading, a sentence, and links; the same for all small pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nicegui import ui

from ...errors import (
    AcrTooLow,
    AuthError,
    AuthTimeTooOld,
    CsrfFailed,
    DefinitiveError,
    Denied,
    MisconfigurationError,
    SessionEnded,
    SubjectMismatch,
    TransientError,
)
from ...web.links import LOGOUT_PATH
from .texts import texts

CSS = Path(__file__).parent / 'notices.css'
LONGEST_QUOTE = 500  # characters
ICONS = {TransientError: 'cloud_off', MisconfigurationError: 'build', SessionEnded: 'logout'}


@dataclass(frozen=True, slots=True)
class Way:
    """A link: what it says, and where it leads."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """`icon` is one of Material's. The first of the ways is the likeliest. `quote` is what the provider said itself.

    `code` is for those who run the app.
    """

    icon: str
    title: str
    text: str
    ways: tuple[Way, ...] = ()
    quote: str = ''
    code: str = ''


def show_notice(notice: Notice) -> None:
    """Build it where elements are being built; its look is that of the classes that begin with `ssi-`."""
    ui.icon(notice.icon, size='2.5rem', color='primary').props('aria-hidden=true').classes('ssi-icon')
    ui.label(notice.title).props('role=heading aria-level=1').classes('ssi-title')
    ui.label(notice.text).classes('ssi-text')
    if notice.ways:
        with ui.element('div').classes('ssi-ways'):
            for position, way in enumerate(notice.ways):
                ui.link(way.label, way.url).classes('ssi-way' if position else 'ssi-action')
    if notice.quote:
        with ui.element('blockquote').classes('ssi-quote'):
            ui.label(notice.quote[:LONGEST_QUOTE])
            ui.label(texts['sign_in_service']).classes('ssi-quiet')
    if notice.code:
        with ui.element('div').classes('ssi-code ssi-quiet'):
            ui.label(texts['error_code'])
            ui.label(notice.code).props('data-testid=error-code')


def error_notice(
    error: AuthError,
    again: str | None = None,
    *,
    base: str = '',
    prefix: str = '',
    home: str = '/',
    doctor: str = '',
    more: str = '',
    switch: str = '',
) -> Notice:
    """What an error means; what the provider said is quoted.

    `again` is where what failed is tried again, `doctor` the page that examines the settings, if it can be opened; both
    below `base`. `prefix` is the setting. `more` is what else there is to say, and `switch` a plain sign-in, as
    whoever is signed in at the provider.
    """
    icon = next((name for kind, name in ICONS.items() if isinstance(error, kind)), 'report')
    is_logout = again == prefix + LOGOUT_PATH
    title, text = _words(error, is_logout=is_logout)
    ways = tuple(Way(way.label, base + way.url) for way in _ways_on(error, again, doctor, switch, is_logout=is_logout))
    text = f'{text} {more}'.rstrip()
    return Notice(icon, title, text, (*ways, Way(texts['home'], home)), error.description, error.code)


def please_log_in(page: str, login_url: str) -> Notice:
    """For a visitor: the page with this name is for those who are signed in."""
    text = texts.say('please_log_in_text', page=page)
    return Notice('lock', texts['please_log_in'], text, (Way(texts['log_in'], login_url),))


def forbidden(
    page: str,
    *,
    scope: Sequence[str] = (),
    role: Sequence[str] = (),
    has: Sequence[str] = (),
    login_url: str,
    home: str = '/',
    allow: Way | None = None,
) -> Notice:
    """For whoever may not see the page with this name: which scope, or else which role, is missing, and what they have.

    With neither it is the app's own check that has refused them. `login_url` signs in somebody else, and
    `allow` asks for the scope that is missing.
    """
    between = ' ' if scope else ', '  # as scopes are written; names of roles have blanks in them
    missing, granted = between.join(scope or role), between.join(has) or texts['nothing']
    values = {'page': page, 'missing': missing, 'granted': granted}
    text = texts.say('forbidden_scope' if scope else 'forbidden_role' if role else 'forbidden_check', **values)
    ways = (Way(texts['home'], home), Way(texts['log_in_as_another'], login_url))
    return Notice('lock', texts['forbidden'], text, (allow, *ways) if allow else ways)


def more_scope_text(scopes: Sequence[str]) -> str:
    """What the link says that asks for these scopes."""
    return texts.say('allow', scopes=' '.join(scopes))


def _words(error: AuthError, *, is_logout: bool) -> tuple[str, str]:
    """What happened, and what to do. Who wanted to log out has to know first that they are not."""
    title, advice = texts.title(error), texts.advice(error)
    if not is_logout or isinstance(error, CsrfFailed):
        return title, advice
    advice = texts['wait_then_try_again'] if isinstance(error, TransientError) else advice
    return texts['still_logged_in'], texts.say('logout_failed', error=title, advice=advice)


def _ways_on(error: AuthError, again: str | None, doctor: str, switch: str, *, is_logout: bool) -> list[Way]:
    if again is None or (isinstance(error, CsrfFailed) and not is_logout):
        return []
    if isinstance(error, CsrfFailed):
        return [Way(texts['log_out'], again)]
    if isinstance(error, SubjectMismatch) and switch:
        return [Way(texts['log_in_as_yourself'], again), Way(texts['switch_to_them'], switch)]
    if isinstance(error, AcrTooLow | AuthTimeTooOld):
        return [Way(texts['log_in_again'], again)]
    if isinstance(error, Denied):
        return [Way(texts['log_in_as_another'], again)]
    if isinstance(error, DefinitiveError) and not is_logout:
        return [Way(texts['log_in'], again)]
    examine = [Way(texts['run_the_doctor'], doctor)] if doctor and isinstance(error, MisconfigurationError) else []
    return [*examine, Way(texts['try_again'], again)]
