"""A list of facts: what it is called, what it is, and what that means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nicegui import ui

from pages.times import LocalTime


@dataclass(frozen=True, slots=True)
class Fact:
    """`value` is text, or a moment if `is_moment` (seconds since the epoch)."""

    name: str
    value: str | float
    meaning: str = ''
    is_moment: bool = False


def facts(items: Iterable[Fact]) -> None:
    """Show them below each other, names in the fixed width of code."""
    with ui.element('dl').classes('facts'):
        for fact in items:
            with ui.element('dt'):
                ui.label(fact.name).classes('code')
            with ui.element('dd'):
                if fact.is_moment:
                    LocalTime(float(fact.value), with_date=True)
                else:
                    ui.label(str(fact.value)).classes('anywhere')
                if fact.meaning:
                    ui.label(fact.meaning).classes('hint')
