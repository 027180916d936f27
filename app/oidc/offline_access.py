"""The scope `offline_access`, which brings a refresh token (OpenID Connect Core §11), over the renewals of a session.

| asked for    | granted before | answered       | so the session has            | and its refresh token is       |
|--------------|----------------|----------------|-------------------------------|--------------------------------|
| `a`          | `a offline`    | `a`            | `a offline`                   | the old one, whatever came     |
| `a offline`  | `a offline`    | `a`            | `a offline`                   | the new one; the old, if none  |
| `a offline`  | `a offline`    | `a offline`    | `a offline`                   | the new one; the old, if none  |
| `a offline`  | `a`            | `a offline`    | `a offline`                   | the new one                    |
| `a`          | `a`            | `a`            | `a`                           | the new one; the old, if none  |
| `a b`        | `a b offline`  | `a`            | `a offline`: `b` is lost      | the old one, whatever came     |

An answer that leaves `offline_access` out takes nothing back, since the refresh token stays good. A refresh token that
nobody asked for ends with the session at the provider, and is no replacement for one that does not.
"""

from __future__ import annotations

from dataclasses import replace

from .tokens import TokenResponse

OFFLINE_ACCESS = 'offline_access'
BY_PARAMETER = {'https://accounts.google.com': {'access_type': 'offline'}}  # instead of the scope, which Google refuses


def offline_request(issuer: str, scope: str) -> tuple[str, dict[str, str]]:
    """The scope, and the parameters beside it, by which this issuer is asked for what the scope names."""
    if issuer not in BY_PARAMETER or OFFLINE_ACCESS not in scope.split():
        return scope, {}
    return _without_offline_access(scope), dict(BY_PARAMETER[issuer])


def silent_scope(scope: str, *, has_refresh_token: bool) -> str:
    """The scope that a silent request asks for; each `offline_access` would leave one more live refresh token behind.

    It needs consent, which a silent request cannot ask for (OpenID Connect Core §11).
    """
    return _without_offline_access(scope) if has_refresh_token else scope


def _without_offline_access(scope: str) -> str:
    return ' '.join(name for name in scope.split() if name != OFFLINE_ACCESS)


def renewed_tokens(tokens: TokenResponse, requested: str, before: str) -> TokenResponse:
    """What a renewal brought to a session that has a refresh token and was granted `before`."""
    if OFFLINE_ACCESS not in set(before.split()) - set(tokens.scope.split()):
        return tokens
    refresh_token = tokens.refresh_token if OFFLINE_ACCESS in requested.split() else None
    return replace(tokens, scope=f'{tokens.scope} {OFFLINE_ACCESS}', refresh_token=refresh_token)
