"""Several providers: how they are written, in the environment and in a file, and told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from .provider import VALUES, Provider, check_provider, split_names, written_name

NAME = re.compile('[a-z][a-z0-9]*(-[a-z0-9]+)*')


def checked_providers(given: Sequence[Provider | Mapping[str, Any]], values: Mapping[str, Any]) -> list[Provider]:
    """Raises `ValueError` if they are not all that is said of providers."""
    providers = [check_provider(one) for one in given]
    check_names(providers)
    for name in VALUES:
        if values.get(f'oidc_{name}') is not None:
            own = written_name(providers[0].name, name)
            raise ValueError(f'OIDC_{name.upper()}: is for a single provider; with several each has its own, as {own}')
    return providers


class WrittenProviders(PydanticBaseSettingsSource):
    """OIDC_PROVIDERS, and what is written of each of them, wherever other settings are written."""

    def __init__(self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource) -> None:
        super().__init__(settings_cls)
        self._sources = [source for source in sources if isinstance(source, EnvSettingsSource)]

    def get_field_value(self, *_: Any) -> tuple[Any, str, bool]:
        return None, '', False

    def __call__(self) -> dict[str, Any]:
        found: dict[str, str] = {}
        for source in reversed(self._sources):
            found |= {name.upper(): value for name, value in source.env_vars.items() if value}
        providers = written_providers(found)
        return {'oidc_providers': providers} if providers else {}


def written_providers(found: Mapping[str, str]) -> list[dict[str, str]]:
    """The providers that OIDC_PROVIDERS names, each with the values that are written; the names are in upper case."""
    names = split_names(found.get('OIDC_PROVIDERS', ''))
    assert isinstance(names, tuple)  # noqa: S101 - it was a text
    return [
        {'name': name} | {one: found[written_name(name, one)] for one in VALUES if found.get(written_name(name, one))}
        for name in names
    ]


def check_names(providers: Sequence[Provider]) -> None:
    """Raises `ValueError` unless several providers can be told apart by their names."""
    names = [provider.name for provider in providers]
    if len(names) == 1 and not names[0]:
        return
    if wrong := [name for name in names if not NAME.fullmatch(name)]:
        raise ValueError(f'OIDC_PROVIDERS: cannot have {wrong[0]!r}; a name is of lower case letters and digits')
    if len(set(names)) != len(names):
        raise ValueError('OIDC_PROVIDERS: must have each name once')
    if taken := [name for name in names if {f'{name}_{one}'.replace('-', '_') for one in VALUES} & set(VALUES)]:
        raise ValueError(f'OIDC_PROVIDERS: cannot have {taken[0]!r}, since OIDC_{taken[0].upper()}_... means another')
