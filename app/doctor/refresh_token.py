"""Staying signed in by refresh token: whether there will be one, and whether this client may use it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ProviderUnreachable
from ..oidc.offline_access import BY_PARAMETER
from ..oidc.probe import Reply
from ..settings import RenewalMethod
from .client import error_of, is_told_apart
from .examination import Examination
from .finding import CannotTell, Certainty, Finding, note, ok, problem, unclear, warning

_OFFERED = {'scopes_supported': 'offline_access', 'grant_types_supported': 'refresh_token'}
_NAMES: dict[RenewalMethod, str] = {'iframe': 'the silent frame', 'refresh_token': 'the refresh token'}
_MAY_NOT = frozenset({'unauthorized_client', 'unsupported_grant_type'})
_GRANT_TYPE = re.compile(r'grant[ _-]?types?\b.*\b(not|un\w+)|\bnot\b.*\bgrant[ _-]?type', re.I | re.S)
_ALLOW = 'Allow refresh tokens (the grant type refresh_token, offline access) for this client at the provider.'


async def check_refresh_token(examination: Examination) -> Finding:
    """Whether there will be a refresh token, and what renewal relies on without one."""
    examination.need('renewal', 'native_login', 'oidc_scope')
    return judge_refresh_token(
        examination.settings.methods,
        is_asked_for=_is_asked_for(examination),
        is_allowed=await _is_allowed(examination) if _is_asked_for(examination) else None,
        lacks=not_listed(examination.document or {}, examination.settings.issuer),
    )


def not_listed(document: Mapping[str, Any], issuer: str) -> list[str]:
    """What the discovery document leaves out of what a refresh token takes, in sentences.

    It need not list the scope where the refresh token is asked for by a parameter.
    """
    by_parameter = issuer in BY_PARAMETER
    return [
        f'{listed} has no {name}'
        for listed, name in _OFFERED.items()
        if isinstance(document.get(listed), list) and name not in document[listed]
        if not (by_parameter and listed == 'scopes_supported')
    ]


async def may_refresh(examination: Examination) -> bool:
    """Whether a refresh token is asked for and used, and the provider has not refused the client that."""
    is_used = 'refresh_token' in examination.settings.methods and _is_asked_for(examination)
    return is_used and await _is_allowed(examination) is not False


def judge_refresh_token(
    methods: tuple[RenewalMethod, ...], *, is_asked_for: bool, is_allowed: bool | None, lacks: Sequence[str]
) -> Finding:
    """Whether what RENEWAL relies on will be there.

    `is_allowed` is whether the token endpoint lets the client refresh at all, None where it does not say; `lacks` are
    sentences on what the discovery document leaves out, which need not be what the provider does.
    """
    is_only_way = methods == ('refresh_token',)
    if is_asked_for and 'refresh_token' not in methods:
        return note('OIDC_SCOPE asks for one (offline_access), but RENEWAL does not use it.')
    if is_asked_for and is_allowed is False and is_only_way:
        return problem('RENEWAL relies on it alone, but the provider lets this client use none.', _ALLOW)
    if is_asked_for and is_allowed is False:
        return warning('Asked for, but the provider lets this client use none. Renewal relies on the frame.', _ALLOW)
    if is_asked_for:
        return _judged_by_document(methods, lacks, is_allowed=is_allowed is True)
    if is_only_way:
        return warning(
            'RENEWAL relies on it alone, but OIDC_SCOPE does not ask for it, which few providers grant one without.',
            'Add offline_access to OIDC_SCOPE.',
            'likely',
        )
    return ok('Not asked for (no offline_access in OIDC_SCOPE): renewal relies on the silent frame alone.')


def judge_made_up_refresh_token(refresh: Reply, stranger: Reply) -> bool | None:
    """Whether the client may refresh, by the answers to a made-up refresh token, ours and a stranger's; None: unclear.

    It says something only where the client is told apart from a stranger (RFC 6749 §5.2).
    """
    error, description = error_of(refresh), str((refresh.document or {}).get('error_description', ''))
    if not is_told_apart(refresh, stranger):
        return None
    if error in _MAY_NOT or (error == 'invalid_request' and _GRANT_TYPE.search(description)):
        return False
    return True if error == 'invalid_grant' else None


def _judged_by_document(methods: tuple[RenewalMethod, ...], lacks: Sequence[str], *, is_allowed: bool) -> Finding:
    names = ' and '.join(_NAMES[method] for method in methods)
    if is_allowed and not lacks:
        return ok(
            f'Asked for, and this client may use one: a made-up one was refused as such. Renewal goes by {names}.'
        )
    if is_allowed:
        return note(
            f'Asked for, and this client may use one, although the document leaves it out ({", ".join(lacks)}). '
            f'Renewal goes by {names}. Whether one is granted shows at a sign-in.',
            certainty='likely',
        )
    if not lacks:
        return unclear(f'asked for, and not ruled out. Renewal goes by {names}.')
    certainty: Certainty = 'not tried'
    what = f'Asked for, but the document leaves it out ({", ".join(lacks)}), which need not mean that there is none.'
    return note(f'{what} Whether one is granted shows at a sign-in.', _ALLOW, certainty)


def _is_asked_for(examination: Examination) -> bool:
    return 'offline_access' in examination.settings.scope.split()


async def _is_allowed(examination: Examination) -> bool | None:
    try:
        return judge_made_up_refresh_token(
            await examination.made_up_refresh_token(), await examination.made_up_refresh_token('stranger')
        )
    except (CannotTell, ProviderUnreachable):  # a finding of its own, elsewhere
        return None
