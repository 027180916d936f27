"""Reading the settings although some make no sense, so that the others can be examined all the same."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Self

from pydantic import ValidationError

from ..settings import Settings, complaints


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings, with stand-ins for the broken ones; None if that is not possible.

    `complaints` has a line for each setting that makes no sense, `broken` their names.
    """

    settings: Settings | None
    complaints: tuple[str, ...] = ()

    @property
    def broken(self) -> frozenset[str]:
        return frozenset(line.split(':')[0].lower() for line in self.complaints)

    @classmethod
    def of_environment(cls) -> Self:
        """Read the environment and `.env`, as the app does."""
        stand_ins: dict[str, Any] = {}
        found: list[str] = []
        while True:
            try:
                return cls(Settings(**stand_ins), tuple(found))
            except UnicodeDecodeError:
                return cls(None, ('.env: must be a text in UTF-8',))
            except ValidationError as error:
                lines = complaints(error)
            found += lines
            names = {line.split(':')[0].lower() for line in lines}
            if not names <= Settings.model_fields.keys() - stand_ins.keys():
                return cls(None, tuple(found))
            for name in names:
                stand_ins |= _stand_ins(name)


def _stand_ins(name: str) -> dict[str, Any]:
    """Settings that make sense in the place of a broken one; nobody is asked who is only a stand-in."""
    if name in {'oidc_issuer', 'auth0_domain'}:
        return {'auth0_domain': None, 'oidc_issuer': 'https://stand-in.invalid', **_stand_ins('oidc_client_id')}
    if name in {'secret_key', 'oidc_client_id'}:  # may have to be set
        return {name: secrets.token_urlsafe(48)}
    return {name: Settings.model_fields[name].default}
