"""The access token: what is known of it. Never the token itself."""

from __future__ import annotations

from nicegui import ui

from app.oidc.quirks import OfflineAccess
from app.oidc.tokens import kind_of
from app.sessions.session import Session
from pages import inside
from pages.live import draw_live
from pages.section import section
from pages.session.facts import Fact, facts

KINDS = {
    'opaque': ('opaque', 'Only the provider can say what it stands for.'),
    'jwt': ('JWT', 'The API can check it by itself, with the provider’s public keys.'),
    'at+jwt': ('JWT, as RFC 9068 has it (at+jwt)', 'The API can check it by itself, with the provider’s public keys.'),
}


NO_REFRESH_TOKEN: dict[OfflineAccess, str] = {
    'as-asked': 'With one, a renewal needs no browser (offline_access asks for it).',
    'needs-consent': (
        'It was asked for, and none came. Some providers give one only after they have asked you for consent '
        '(prompt=consent): the next log-in has them do so.'
    ),
    'not-granted': (
        'It was asked for, and none came, not even after the provider was told to ask for consent: it seems not to '
        'allow one to this app.'
    ),
}


def access_token() -> None:
    """Show its kind, what it was granted, and how long it lives."""

    def known() -> list[Fact] | None:
        session = inside.page_context().session
        provider = inside.app_context().provider_of(session)
        return what_is_known(session, provider.quirks.offline_access) if session and provider else None

    lead = 'The key to the API. It never leaves the server, so no script in a page can steal it.'
    with (
        section('Access token', lead),
        ui.element('div').classes('w-full').props('data-testid=access-token'),
    ):
        draw_live(known, facts)


def what_is_known(session: Session, offline_access: OfflineAccess = 'as-asked') -> list[Fact]:
    """What may be shown of the session's access token, and why there is no refresh token, as far as that was learnt."""
    tokens = session.tokens
    kind, meaning = KINDS[kind_of(tokens.access_token)]
    lifetime = 'not told by the provider' if tokens.lifetime is None else f'{tokens.lifetime:.0f} seconds'
    has_refresh_token = 'yes' if tokens.refresh_token else 'no'
    why = NO_REFRESH_TOKEN['as-asked' if tokens.refresh_token else offline_access]
    return [
        Fact('kind', kind, meaning),
        Fact('scope', ' '.join(sorted(session.granted)) or 'none', 'What it allows: as granted, not as asked for.'),
        Fact('lifetime', lifetime, 'From its issue to its end. Renewed well before that.'),
        Fact('issued', tokens.issued_at, is_moment=True),
        Fact('refresh token', has_refresh_token, why),
    ]
