"""Our own paths, and the links that sign in."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from ..errors import AddressTooLong
from ..settings import Settings
from .return_to import return_query

LOGIN_PATH, CALLBACK_PATH, SILENT_PATH, LOGOUT_PATH = '/login', '/callback', '/silent', '/logout'
CHOICE_PATH = '/login/choose'  # of a provider, where there are several
SIGNED_IN_PATH, ELSEWHERE_PATH = '/signed-in', '/login-elsewhere'
PAGE_KEY_HEADER = 'X-Stay-Signed-In-Page'  # which no other site's page can send: it would have to ask before
STEPS = (LOGIN_PATH, CALLBACK_PATH, SILENT_PATH, SIGNED_IN_PATH, LOGOUT_PATH)  # of signing in and out


def steps(settings: Settings) -> tuple[str, ...]:
    """The paths of all steps; each of several providers has redirect URIs of its own (RFC 9700 §4.4)."""
    each, here = settings.each(), settings.step_url('')
    if len(each) == 1:
        return STEPS
    own_paths = (uri.removeprefix(here) for own in each for uri in (own.callback_uri, own.silent_uri))
    return (*STEPS, *own_paths, CHOICE_PATH)


def login_path(
    return_to: str, prompt: str | None = None, provider: str | None = None, asked: Mapping[str, str] | None = None
) -> str:
    """The step that signs a person in and brings them back; `prompt` as in OpenID Connect Core §3.1.2.1.

    `provider` is the name of the one of several to do so at, and `asked` what else the link asks for (`wishes`). Where
    they could not be brought back it says so.
    """
    try:
        back = return_query(return_to)
    except AddressTooLong as error:
        back = {'code': error.code}
    named = {'prompt': prompt, 'provider': provider}
    wishes = {**(asked or {}), **{name: value for name, value in named.items() if value}}
    return f'{LOGIN_PATH}?' + urlencode(back | wishes)


def login_url(
    settings: Settings,
    return_to: str,
    prompt: str | None = None,
    provider: str | None = None,
    asked: Mapping[str, str] | None = None,
) -> str:
    """The whole address of that step: the link."""
    return settings.step_url(login_path(return_to, prompt, provider, asked))
