"""The parameters of an authorization request that an app, or a link, may add to those that are ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

# What the protocol rests on here, or what has a setting of its own: nobody else sets it.
OURS = frozenset(
    {
        'audience',
        'claims',
        'client_assertion',
        'client_assertion_type',
        'client_id',
        'client_secret',
        'code_challenge',
        'code_challenge_method',
        'code_verifier',
        'dpop_jkt',
        'id_token_hint',
        'nonce',
        'redirect_uri',
        'registration',
        'request',
        'request_uri',
        'resource',
        'response_mode',
        'response_type',
        'scope',
        'state',
    }
)
MAX_LENGTH = 1000  # characters of a name and its value; together they become part of a URL
MAX_PARAMS = 20
_SECONDS = re.compile('[0-9]{1,9}')  # with more digits it is no number that a moment can be compared with


def checked_params(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters, if they can be added to an authorization request. Raises `ValueError` that names what cannot."""
    if len(params) > MAX_PARAMS:
        raise ValueError(f'must be at most {MAX_PARAMS} parameters')
    for name, value in params.items():
        if not isinstance(name, str) or not name.isascii() or not name.isprintable() or not name or ' ' in name:
            raise ValueError('must have names of visible ASCII characters')
        if name in OURS:
            raise ValueError(f'cannot have {name}, which the app itself sets')
        if not isinstance(value, str) or not value.isprintable() or len(name) + len(value) > MAX_LENGTH:
            raise ValueError(f'must have a text of at most {MAX_LENGTH} printable characters as {name}')
    if 'none' in params.get('prompt', '').split():
        raise ValueError('cannot have prompt=none, with which nobody could sign in')
    if 'max_age' in params and not _SECONDS.fullmatch(params['max_age']):
        raise ValueError('must have whole seconds as max_age, of at most nine digits')
    return dict(params)


def params_in(value: object) -> object:
    """The same, of what is written as the query of a URL: `organization=org_1&ui_locales=de`."""
    if isinstance(value, str):
        try:
            pairs = parse_qsl(value.lstrip('?'), keep_blank_values=True, strict_parsing=bool(value), max_num_fields=50)
        except ValueError:
            raise ValueError('must be written as in a URL, such as organization=org_1&ui_locales=de') from None
        if len(dict(pairs)) != len(pairs):
            raise ValueError('must have each parameter once')
        value = dict(pairs)
    return checked_params(value) if isinstance(value, Mapping) else value


def link_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of parameters that anybody's link may set. Raises `ValueError` for one that is ours."""
    if taken := sorted(OURS.intersection(names)):
        raise ValueError(f'cannot have {taken[0]}, which the app itself sets')
    return names
