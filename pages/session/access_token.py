"""The access token: what is known of it. Never the token itself."""

from __future__ import annotations

from nicegui import ui

from app.oidc.tokens import kind_of
from app.sessions.session import Session
from app.ui.page_context import PageContext
from pages.live import draw_live
from pages.section import section
from pages.session.facts import Fact, facts

KINDS = {
    'opaque': ('opaque', 'Only the provider can say what it stands for.'),
    'jwt': ('JWT', 'The API can check it by itself, with the provider’s public keys.'),
    'at+jwt': ('JWT, as RFC 9068 has it (at+jwt)', 'The API can check it by itself, with the provider’s public keys.'),
}


def access_token(context: PageContext) -> None:
    """Show its kind, what it was granted, and how long it lives."""

    def known() -> list[Fact] | None:
        return what_is_known(context.session) if context.session else None

    lead = 'The key to the API. It never leaves the server, so no script in a page can steal it.'
    with (
        section('Access token', lead),
        ui.element('div').classes('w-full').props('data-testid=access-token'),
    ):
        draw_live(known, facts, context.on_change)


def what_is_known(session: Session) -> list[Fact]:
    """What may be shown of the session's access token."""
    tokens = session.tokens
    kind, meaning = KINDS[kind_of(tokens.access_token)]
    lifetime = 'not told by the provider' if tokens.lifetime is None else f'{tokens.lifetime:.0f} seconds'
    has_refresh_token = 'yes' if tokens.refresh_token else 'no'
    return [
        Fact('kind', kind, meaning),
        Fact('scope', ' '.join(sorted(session.granted)) or 'none', 'What it allows: as granted, not as asked for.'),
        Fact('lifetime', lifetime, 'From its issue to its end. Renewed well before that.'),
        Fact('issued', tokens.issued_at, is_moment=True),
        Fact('refresh token', has_refresh_token, 'With one, a renewal needs no browser (offline_access asks for it).'),
    ]
