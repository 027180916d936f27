"""The names of all settings, and those that are nearly, but not quite, one: nobody reads these, so they are told of."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pydantic import AliasChoices
from pydantic_settings import DotEnvSettingsSource

from . import Settings
from .provider import VALUES, written_name
from .providers import written_providers

OUR_PREFIXES = ('OIDC_', 'AUTH0_')  # others have no variables that begin so
LIKELY, NEARLY_THE_SAME = 0.8, 0.87  # of 1, by difflib: for a name that begins so, and for any other
SHORTEST = 7  # characters; a shorter name is near to too many others (HOST, PORT)


def setting_names() -> frozenset[str]:
    """The names of everything that can be set, in upper case."""
    names: set[str] = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names |= {str(choice) for choice in alias.choices} if isinstance(alias, AliasChoices) else {name}
    return frozenset(name.upper() for name in names)


def misspelled_settings() -> tuple[str, ...]:
    """A line for each such name in the environment and in `.env`."""
    try:
        in_file = DotEnvSettingsSource(Settings).env_vars
    except (OSError, UnicodeDecodeError):  # whoever reads the settings from it says so
        in_file = {}
    found = {name.upper(): value or '' for name, value in [*in_file.items(), *os.environ.items()]}
    return misspelled(found, setting_names() | names_of_providers(found))


def names_of_providers(found: Mapping[str, str]) -> frozenset[str]:
    """The names of what can be set of each of the providers that OIDC_PROVIDERS names."""
    names = [provider['name'] for provider in written_providers(found)]
    return frozenset(written_name(name, value) for name in names for value in VALUES)


def misspelled(names: Iterable[str], known: frozenset[str]) -> tuple[str, ...]:
    """A line for each name that is not known and was probably to be one that is; upper and lower case are one."""
    lines = [_line(name, known) for name in sorted({name.upper() for name in names} - known)]
    return tuple(line for line in lines if line)


def _line(name: str, known: frozenset[str]) -> str | None:
    is_ours = name.startswith(OUR_PREFIXES)
    possible = known if is_ours else {setting for setting in known if len(setting) >= SHORTEST}
    nearest = get_close_matches(name, possible, n=1, cutoff=LIKELY if is_ours else NEARLY_THE_SAME)
    if nearest:
        return f'{name}: is no setting; {nearest[0]} is, and may be meant'
    return f'{name}: is no setting of this app' if is_ours else None
