"""The doctor's page: what is wrong with the configuration, while it is looked at; only for those at this machine."""

from __future__ import annotations

from nicegui import ui

from app.doctor.checks import Check, examine
from app.doctor.examination import Examination
from app.doctor.finding import Finding, Outcome, summary
from app.doctor.reading import Reading
from app.settings.names import misspelled_settings
from pages import inside
from pages.section import section

ICONS: dict[Outcome, tuple[str, str]] = {  # icon, color
    'ok': ('check_circle', 'positive'),
    'note': ('info', 'info'),
    'skipped': ('do_not_disturb_on', 'quiet'),
    'warning': ('warning', 'warning'),
    'problem': ('error', 'negative'),
}


def doctor() -> None:
    """Check everything when the page opens, and again on a click; what is found appears as it is found."""
    ui.label('Is it set up right?').props('role=heading aria-level=1').classes('title')
    ui.label(
        'The doctor checks the settings that this app runs with, and really asks the provider. Only you, at this '
        'machine, can see it. In a terminal, python main.py doctor says the same.'
    ).classes('lead')
    with ui.row().classes('items-center gap-4'):
        again = ui.button('Check again', on_click=lambda: check(), color=None).props('unelevated no-caps')
        again.classes('action')
        with ui.row().classes('items-center gap-2 no-wrap').props('role=status data-testid=doctor-says'):
            spinner = ui.spinner(size='1.25rem').props('aria-hidden=true')
            says = ui.label()
    place = ui.element('div').classes('view').props('data-testid=findings')

    async def check() -> None:
        again.disable()
        place.clear()
        spinner.set_visibility(True)
        list_, group, found = place, '', list[Finding]()
        async with Examination.of(
            Reading(inside.app_context().settings, misspelled=misspelled_settings())
        ) as examination:
            async for done, finding in examine(examination):
                if place.is_deleted:
                    return
                if finding is None:
                    says.set_text(f'Checking: {done.title} ...')
                    continue
                if done.group != group:
                    group = done.group
                    with place, section(group):
                        list_ = ui.element('ul').classes('log findings')
                with list_:
                    _line(done, finding)
                found.append(finding)
        says.set_text(summary(found))
        spinner.set_visibility(False)
        again.enable()

    ui.timer(0, check, once=True)  # once the browser is connected, so that no robot starts it


def _line(check: Check, finding: Finding) -> None:
    icon, color = ICONS[finding.outcome]
    with ui.element('li').props(f'data-check={check.name} data-outcome={finding.outcome}') as line:
        line.props['data-provider'] = check.provider
        ui.icon(icon, color=color, size='1.5rem').props('aria-hidden=true')
        with ui.element('div'):
            with ui.row().classes('items-baseline gap-2'):
                ui.label(check.title).classes('font-medium')
                said = f'{finding.outcome} ({finding.doubt})' if finding.doubt else finding.outcome
                ui.label(said).classes(f'caption text-{color}')
            ui.label(finding.what).classes('hint anywhere')
            if finding.advice:
                ui.label(finding.advice).classes('anywhere q-mt-xs')
