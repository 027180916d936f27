"""The settings in somebody else's app: arguments, then names that are ours alone, and a file only if one is named.

`REDIS_URL`, `SECRET_KEY`, `BASE_URL`, `PORT` and the like may be the host's own, so that nobody reads them here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource, PydanticBaseSettingsSource

from ..errors import SettingsError
from . import Settings, complaints
from .env_file import readable
from .names import LIKELY, NEARLY_THE_SAME, names_of_providers
from .providers import written_providers

PREFIX, PROTOCOL_PREFIX = 'STAY_SIGNED_IN_', 'OIDC_'


class GuestSettings(Settings):
    """The settings of a guest, made of nothing but what it is given; `written` says by which name each one was set."""

    data_dir: Path = Path('.stay_signed_in')  # in the host's folder, where `.data` may be anybody's

    _written: Mapping[str, str] = {}
    _misspelled: tuple[str, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type,  # noqa: ARG003 - pydantic-settings passes it
        init_settings: PydanticBaseSettingsSource,
        *_: Any,
        **__: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is given, and neither the environment nor a file."""
        return (init_settings,)


def load_for_host(env_file: str | Path | None = None, **given: Any) -> Settings:
    """The settings of a guest: what is given by name, else `OIDC_*` and `STAY_SIGNED_IN_*` of the environment.

    What these don't have may stand in `env_file`, by the same names; one that is not there is empty, and told of.
    None is not given.
    Raises `SettingsError` with one line that names, as the person wrote it, the first thing that makes no sense.
    """
    given = {name: value for name, value in given.items() if value is not None}
    for name in given.keys() - Settings.model_fields.keys():
        raise SettingsError(_no_argument(name))
    try:
        return read_for_host(env_file, given)
    except ValidationError as error:
        raise SettingsError(spelled(complaints(error)[0], _names(given))) from None


def read_for_host(env_file: str | Path | None, given: Mapping[str, Any]) -> GuestSettings:
    """The same for whoever wants to know of all that is wrong: raises `ValidationError`, by the short names.

    Raises `SettingsError` if the file cannot be read.
    """
    in_file = _in_file(env_file)
    found = {**in_file, **_in_environment()}
    values: dict[str, Any] = {field: found[name] for field, name in NAMES.items() if name in found}
    if providers := written_providers(found):
        values['oidc_providers'] = providers
    settings = GuestSettings(**{**values, **given})
    settings._written, settings._misspelled = _names(given), (*_absent(env_file), *_misspelled(found), *_short(in_file))
    return settings


def learns_base_url(settings: Settings) -> bool:
    """Whether nobody has said where browsers reach the app, so that its first request has to tell."""
    return isinstance(settings, GuestSettings) and 'base_url' not in settings.model_fields_set


def as_written(text: str, settings: Settings) -> str:
    """The text, each setting in it by the name that it was set by, or can be set by: `STAY_SIGNED_IN_BASE_URL`."""
    return spelled(text, settings._written if isinstance(settings, GuestSettings) else {})


def misspelled_names(settings: Settings) -> tuple[str, ...]:
    """A line for each name, in the environment or the file of a guest, that looks like a setting and is none."""
    return settings._misspelled if isinstance(settings, GuestSettings) else ()


def spelled(text: str, names: Mapping[str, str]) -> str:
    """The text with these names in the place of the short ones (`BASE_URL`)."""
    return re.sub(r'\b[A-Z][A-Z0-9_]+\b', lambda word: names.get(word[0], word[0]), text)


def _written_name(field: str) -> str:
    name = field.upper()
    return name if name.startswith(PROTOCOL_PREFIX) else PREFIX + name


# By the field: what stands in the environment. The names of Auth0's tutorial may be the host's own.
NAMES = {field: _written_name(field) for field in Settings.model_fields if not field.startswith('auth0_')}
HOST_NAMES = {field.upper(): name for field, name in NAMES.items()}


def _names(given: Iterable[str]) -> Mapping[str, str]:
    """By the short name of each setting: its argument if that is given, else its name in the environment."""
    return {**HOST_NAMES, **{field.upper(): field for field in given}}


def _in_environment() -> dict[str, str]:
    """What is set and not empty, by its name in upper case."""
    lower_case_first = sorted(os.environ.items(), reverse=True)
    return {name.upper(): value for name, value in lower_case_first if value}


def _in_file(file: str | Path | None) -> dict[str, str]:
    if file is None:
        return {}
    with readable(Path(file)):
        found = DotEnvSettingsSource(Settings, env_file=file).env_vars
    return {name.upper(): value for name, value in found.items() if value}


def _no_argument(name: str) -> str:
    nearest = get_close_matches(name.lower(), Settings.model_fields, n=1)
    return f'{name}: is no setting; {nearest[0]} is, and may be meant' if nearest else f'{name}: is no setting'


def _misspelled(found: Mapping[str, str]) -> tuple[str, ...]:
    known = {*NAMES.values(), *names_of_providers(found)}
    lines = [_line(name) for name in sorted(found.keys() - known)]
    return tuple(line for line in lines if line)


def _absent(file: str | Path | None) -> list[str]:
    """That a file is not there, as where it is meant for a developer's machine only, or its name is misspelled."""
    return [] if file is None or Path(file).exists() else [f'env_file: there is no {Path(file).resolve()}']


def _short(in_file: Iterable[str]) -> list[str]:
    """A line for each name of a file that is named for us, and has a setting by the name that main.py reads."""
    names = {'AUTH0_DOMAIN': 'OIDC_ISSUER', 'AUTH0_CLIENT_ID': 'OIDC_CLIENT_ID', 'AUTH0_AUDIENCE': 'OIDC_AUDIENCE'}
    names |= {short: name for short, name in HOST_NAMES.items() if short != name}
    return [f'{name}: is not read here; {names[name]} is' for name in sorted(in_file) if name in names]


def _line(name: str) -> str | None:
    """What is said of a name that is no setting; None if it is nobody's business."""
    is_ours = name.startswith((PREFIX, PROTOCOL_PREFIX))
    if is_ours:
        nearest = get_close_matches(name.removeprefix(PREFIX), HOST_NAMES, n=1, cutoff=LIKELY)
    else:
        nearest = get_close_matches(name, NAMES.values(), n=1, cutoff=NEARLY_THE_SAME)
    if nearest:
        return f'{name}: is no setting; {HOST_NAMES.get(nearest[0], nearest[0])} is, and may be meant'
    return f'{name}: is no setting of stay_signed_in' if is_ours else None
