"""The parameters of an authorization request that are not ours, and which of them a silent request has, too.

A silent request is to find the session that the sign-in has made, so that it names where that is. It shows no page:
what a page is told would be in vain, and what asks the person something is refused (OpenID Connect Core §3.1.2.6).
`docs/sign-in-parameters.md` is this table for people; a test compares them.
"""

from __future__ import annotations

from collections.abc import Mapping

# What of each is said in a silent request; `True` also for any name that is not here: it is the operator's own, and may
# well be what tells one tenant from another.
IN_SILENT: Mapping[str, bool] = {
    'access_type': False,  # Google's, for a refresh token: each would leave one more behind
    'acr_values': False,
    'claims_locales': True,
    'connection': True,
    'display': False,
    'domain_hint': True,
    'hd': True,
    'identity_provider': True,
    'include_granted_scopes': True,
    'invitation': False,
    'kc_idp_hint': True,
    'login_hint': False,
    'max_age': False,
    'organization': True,
    'prompt': False,
    'screen_hint': False,
    'ui_locales': False,
}


def in_silent(params: Mapping[str, str]) -> dict[str, str]:
    """What of these a silent request has."""
    return {name: value for name, value in params.items() if IN_SILENT.get(name, True)}
