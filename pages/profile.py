"""The profile page: who the provider says you are, and where you are logged in."""

from __future__ import annotations

import json

from nicegui import ui

from pages.auth import auth
from pages.live import draw_live, of_user
from pages.section import section

FIELDS = (('Name', 'name'), ('Nickname', 'nickname'), ('Email', 'email'))


def profile() -> None:
    """Picture, name, nickname, email, roles, all claims, and the devices."""
    if auth.user is None:
        return
    claims = auth.user.claims
    ui.label('Profile').props('role=heading aria-level=1').classes('title')
    with ui.card().classes('w-full').props('flat bordered'), ui.row().classes('items-center gap-6'):
        picture = str(claims.get('picture', ''))
        if picture.startswith(('https://', 'data:image/')):
            portrait = ui.element('img').classes('portrait')
            portrait.props['src'], portrait.props['alt'] = picture, f'Picture of {claims.get("name", "you")}'
        else:
            ui.icon('account_circle', size='6rem').props('aria-hidden=true')
        with ui.column().classes('gap-3'):
            for caption, claim in FIELDS:
                with ui.column().classes('gap-0'):
                    ui.label(caption).classes('caption')
                    ui.label(str(claims.get(claim) or 'not told by the provider')).props(f'data-testid=profile-{claim}')
    lead = 'What the provider has given you. One that is taken away is gone with the next renewal.'
    with section('Roles and groups', lead), ui.row().classes('gap-2').props('data-testid=roles'):
        draw_live(of_user(lambda user: sorted(user.roles)), _draw_roles)
    with ui.expansion('All claims', icon='data_object').classes('w-full claims'):
        ui.code(json.dumps(claims, indent=2, sort_keys=True), language='json').classes('w-full')
    with section('Your devices', 'Where you are logged in. Log out what you do not know, or no longer use.'):
        auth.devices()


def _draw_roles(roles: list[str]) -> None:
    for role in roles:
        ui.label(role).classes('role')
    if not roles:
        ui.label('none').classes('hint')
