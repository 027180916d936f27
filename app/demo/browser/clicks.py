"""What a click on a page of the demo provider means for the session, and for what the request still asks for."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import replace

from ..acr import TWO_FACTORS
from ..people import PEOPLE
from ..protocol.pushed import Pairs
from ..records import ProviderSession


def clicked(
    form: Mapping[str, object], session: ProviderSession | None, pairs: Pairs
) -> tuple[ProviderSession | None, Pairs]:
    """Who is signed in after the click, and the request without what it has answered; raises `LookupError`.

    Where the session has ended meanwhile, a click about the second factor changes nothing.
    """
    factor = form.get('factor')
    if factor is None:
        person = PEOPLE[str(form.get('person'))]
        session = ProviderSession(person.subject, int(time.time()), secrets.token_urlsafe(16))
        return session, _without(pairs, 'prompt', 'max_age')
    if session and factor == 'confirm':
        session = replace(session, auth_time=int(time.time()), acr=TWO_FACTORS)
        return session, _without(pairs, 'prompt', 'max_age')
    if session and factor == 'skip':
        return session, _without(pairs, 'acr_values')
    if session and factor == 'another':
        return session, [*_without(pairs, 'prompt'), ('prompt', 'select_account')]
    return session, pairs


def unless_stale(session: ProviderSession | None, params: Mapping[str, str]) -> ProviderSession | None:
    """The session, unless `max_age` asks for a younger one (OpenID Connect Core §3.1.2.1); with 0 no age will do."""
    max_age = params.get('max_age', '')
    if session is None or not max_age.isdecimal():
        return session
    limit = float(max_age)
    return session if limit and time.time() - session.auth_time <= limit else None


def _without(pairs: Pairs, *names: str) -> Pairs:
    return [(name, value) for name, value in pairs if name not in names]
