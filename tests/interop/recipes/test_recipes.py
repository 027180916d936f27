"""What the page on deployments says to set, set: the app signs in, and without it the provider is of no use."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.app_context import no_hooks
from app.clock import Clock
from app.errors import AuthError
from app.oidc.client_auth.configured import client_files
from app.oidc.http import TlsFiles, http_client
from app.parts import make_parts
from app.settings import Settings
from app.settings.guest import load_for_host
from tests.docs.pages import ROOT, fences
from tests.interop.deployments.demanding import App, World
from tests.interop.form_browser import FormBrowser
from tests.interop.real_provider import BASE_URL, SECRET

PAGE = (ROOT / 'docs/deployments.md').read_text(encoding='utf-8')


@dataclass(frozen=True)
class Recipe:
    """A recipe by its heading, and the variant of the provider, and its client, for which it is."""

    heading: str
    variant: str
    client: str = 'secret'

    @property
    def settings(self) -> dict[str, str]:
        """What it says to set, as the page has it."""
        section = re.split(r'^##+ ', PAGE.split(f'# {self.heading}\n')[1], maxsplit=1, flags=re.MULTILINE)[0]
        shell = '\n'.join(text for language, text in fences(section) if language == 'sh')
        return dict(re.findall(r'^(OIDC_\w+)=(.*)$', shell, re.MULTILINE))


RECIPES = [
    Recipe('The server reaches it by another address', 'internal'),
    Recipe('Its certificate is of a private CA', 'private-ca'),
    Recipe('A key in the place of a secret', 'plain', 'ec'),
    Recipe('Entra ID: a certificate', 'plain', 'rsa'),
    Recipe('The answer comes as a form', 'form-post'),
    Recipe('Mutual TLS', 'mutual-tls'),
]


def filled_in(recipe: Recipe, world: World) -> dict[str, str]:
    """Its settings with the addresses and files of the tests in the place of those on the page."""
    connection, key = world.files['app'], world.files[recipe.client if recipe.client in world.files else 'app']
    own = {
        'OIDC_ISSUER': world.variants[recipe.variant]['issuer'],
        'OIDC_INTERNAL_ISSUER': world.variants[recipe.variant].get('internal', ''),
        'OIDC_CA_FILE': str(world.authority.ca_file),
        'OIDC_PRIVATE_KEY_FILE': str(key.key_file),
        'OIDC_CERT_FILE': str((key if 'OIDC_PRIVATE_KEY_FILE' in recipe.settings else connection).cert_file),
        'OIDC_KEY_FILE': str(connection.key_file),
    }
    unnamed = {'OIDC_PRIVATE_KEY_ID'}  # this provider gives a key no name
    return {name: own.get(name, value) for name, value in recipe.settings.items() if name not in unnamed}


def set_for(recipe: Recipe, world: World, folder: Path, said: dict[str, str]) -> Settings:
    """The settings of an app that is this client, with what the page has said beside them."""
    given = {'OIDC_ISSUER': world.variants[recipe.variant]['issuer'], 'OIDC_CLIENT_ID': recipe.client} | said
    if not given.keys() & {'OIDC_PRIVATE_KEY_FILE', 'OIDC_CERT_FILE'}:
        given['OIDC_CLIENT_SECRET'] = SECRET
    if recipe.variant == 'mutual-tls':  # its server has a certificate of the private CA, too
        given['OIDC_CA_FILE'] = str(world.authority.ca_file)
    return load_for_host(**{name.lower(): value for name, value in given.items()}, base_url=BASE_URL, data_dir=folder)


@asynccontextmanager
async def app_with(settings: Settings, world: World) -> AsyncIterator[App]:
    """The app with these settings, and a browser that trusts the private CA."""

    def http(own: Settings) -> httpx.AsyncClient:
        return http_client(trust_env=False, tls=client_files(own).tls())

    oidc = make_parts(settings, http, Clock(), None, no_hooks()).providers.only
    assert oidc is not None
    browser = FormBrowser(TlsFiles(world.authority.ca_file).context(trust_env=False))
    try:
        yield App(oidc, browser)
    finally:
        await browser.close()
        await oidc.close()


@pytest.mark.parametrize('recipe', RECIPES, ids=lambda recipe: recipe.heading)
async def test_with_what_the_page_says_people_sign_in(recipe: Recipe, world: World, tmp_path: Path) -> None:
    settings = set_for(recipe, world, tmp_path, filled_in(recipe, world))
    async with app_with(settings, world) as app:
        _, grant = await app.sign_in()
        assert grant.claims['sub'] == 'alice'


@pytest.mark.parametrize('recipe', RECIPES, ids=lambda recipe: recipe.heading)
async def test_without_it_nobody_does(recipe: Recipe, world: World, tmp_path: Path) -> None:
    async with app_with(set_for(recipe, world, tmp_path, {}), world) as app:
        with pytest.raises(AuthError):
            await app.sign_in()


async def test_requests_are_pushed_where_the_page_says_so(world: World, tmp_path: Path) -> None:
    recipe = Recipe('Pushed authorization requests', 'plain')
    async with app_with(set_for(recipe, world, tmp_path, filled_in(recipe, world)), world) as app:
        request, _ = await app.sign_in()
        assert parse_qs(urlsplit(request.url).query).keys() == {'client_id', 'request_uri'}


def test_each_recipe_of_the_page_is_tried_here_but_for_apples() -> None:
    settings = {name for _, text in fences(PAGE) for name in re.findall(r'^(OIDC_\w+)=', text, re.MULTILINE)}
    tried = {name for recipe in RECIPES for name in recipe.settings}
    apple = Recipe('Sign in with Apple', '').settings.keys()
    assert settings - tried - apple == {'OIDC_PAR'}
