"""The world around an app in a test: a temporary folder, a clock that can be moved, and no network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import httpx

from ..app_context import AppContext
from ..auth import Auth
from ..oidc.http import http_client
from ..oidc.id_token import Claims
from ..parts import Surroundings
from ..sessions.roles import RolesFound
from ..settings import Settings
from .clock import MovableClock

ROLES = 'roles'  # the claim that has the roles of a person in a test, wherever else the app looks for them


class World:
    """Each `Auth` that is made in it keeps its files in `folder`, and asks no provider; `auths` are these."""

    def __init__(self, folder: Path, clock: MovableClock) -> None:
        self.auths: list[Auth] = []
        self.surroundings = Surroundings(
            clock=clock,
            http=lambda: http_client(httpx.MockTransport(_nobody_there)),
            settings=lambda settings: _settings(settings, folder),
            parts=_parts,
            made=self.remember,
        )

    def remember(self, auth: Auth) -> None:
        self.auths.append(auth)

    @property
    def auth(self) -> Auth:
        """The one in use. Raises `RuntimeError` if the app has made none in this test."""
        if not self.auths:
            raise RuntimeError('the app has made no Auth in this test; is it the main file that makes it?')
        return self.auths[-1]


def present_world() -> World:
    """The world of this test. Raises `RuntimeError` if the suite does not use this plugin."""
    made = Auth._surroundings.made if Auth._surroundings else None
    world = getattr(made, '__self__', None)
    if not isinstance(world, World):
        package = __package__.removesuffix('.testing')
        raise RuntimeError(f'pytest has to be told of the plugin: addopts = "-p {package}.testing"')
    return world


def _settings(settings: Settings, folder: Path) -> Settings:
    """The app's own; where nobody has said where it is, its address is the usual one."""
    changes = {'base_url': settings.base_url, 'data_dir': folder, 'native': False, 'revoke_tokens': 'never'}
    return settings.model_copy(update=changes)


def _parts(context: AppContext) -> AppContext:
    def roles_of(claims: Claims) -> RolesFound:
        found = context.roles_of(claims)
        return replace(found, roles=found.roles | frozenset(claims.get(ROLES, ())))

    return replace(context, roles_of=roles_of)


def _nobody_there(request: httpx.Request) -> NoReturn:
    raise httpx.ConnectError(f'a test asks nobody on the network, and so not {request.url.host}', request=request)
