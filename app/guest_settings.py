"""The settings of an app in which sign-in is a guest."""

from __future__ import annotations

from typing import Any

from .settings import Settings, read


def load_for_host(env_file: str | None = None, **given: Any) -> Settings:
    """Given ones first, then those of the environment."""
    return read(_env_file=env_file, **given)
