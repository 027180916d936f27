"""The demo provider's pages; what they are given is escaped here."""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterable
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from ..people import Person

TEMPLATE = Template((Path(__file__).parent / 'page.html').read_text(encoding='utf-8'))
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
NO_STORE = {'Cache-Control': 'no-store'}


class Pages:
    """The pages of the provider with this issuer; `name` is that of one of several, for people to tell them apart."""

    def __init__(self, issuer: str, name: str) -> None:
        self._action = f'{issuer}/sign-in'
        self._name = name.replace('_', ' ').title()
        self._setting = f'OIDC_{name.upper()}_ISSUER' if name else 'OIDC_ISSUER'

    @property
    def _provider(self) -> str:
        return f'demo provider {self._name}'.strip()

    def sign_in(self, people: Iterable[Person], request: str) -> HTMLResponse:
        """The people to choose from; nobody may frame it (as with most providers)."""
        buttons = ''.join(self._choice(person) for person in people)
        text = 'Choose somebody to sign in as. Alice may read and write messages, Bob may only read them.'
        return self._page('Sign in', 'Who are you today?', text, self._form(request, buttons))

    def second_factor(self, person: Person, request: str) -> HTMLResponse:
        """One more click for who is signed in already, and two ways around it."""
        buttons = (
            _button('confirm', 'second-factor', 'Confirm with the second factor', 'main')
            + _button('skip', 'without-second-factor', 'Go on without the second factor')
            + _button('another', 'another-person', 'Sign in as somebody else', 'quiet')
        )
        heading = f'Is it really you, {person.name.split()[0]}?'
        text = (
            'The app asks for a second factor. No phone is needed here: a click stands for it. '
            'If you go on without it, the app should refuse the answer.'
        )
        return self._page('Second factor', heading, text, self._form(request, buttons))

    def ask_to_sign_out(self) -> HTMLResponse:
        """Nothing is known of who sent the browser here, so a person has to say so."""
        button = _button('', 'sign-out', f'Sign out of the {self._provider}', 'main')
        text = 'An app wants you to be signed out here, too.'
        return self._page('Sign out', 'Sign out?', text, f'<form method="post">{button}</form>')

    def signed_out(self) -> HTMLResponse:
        return self._page('Signed out', 'Goodbye', f'You are signed out of the {self._provider}.', '')

    def _page(self, title: str, heading: str, text: str, form: str) -> HTMLResponse:
        name = html.escape(self._name)
        page = TEMPLATE.substitute(
            title=f'{title} - {html.escape(self._provider.capitalize() if not name else self._name)}',
            banner='Demo' if not name else f'Demo provider {name}',
            setting=html.escape(self._setting),
            name=f'<div class="name" data-testid="demo-provider">{name}</div>' if name else '',
            heading=html.escape(heading),
            text=html.escape(text),
            form=form,
        )
        return HTMLResponse(page, headers={'Content-Security-Policy': POLICY, **NO_STORE})

    def _form(self, request: str, buttons: str) -> str:
        return (
            f'<form method="post" action="{html.escape(self._action)}">'
            f'<input type="hidden" name="request" value="{html.escape(request)}">{buttons}</form>'
        )

    def _choice(self, person: Person) -> str:
        address = f'<small>{html.escape(person.email)}</small>' if self._name else ''
        return (
            f'<button name="person" value="{person.nickname}" data-testid="demo-user-{person.nickname}">'
            f'<img src="{html.escape(person.picture())}" alt="">'
            f'<span>Continue as {html.escape(person.name)}{address}</span></button>'
        )


def form_post(redirect_uri: str, params: Iterable[tuple[str, str]], *, is_silent: bool) -> HTMLResponse:
    """The authorization response as a form that posts itself (OAuth 2.0 Form Post Response Mode §2).

    A silent one comes in a frame of the app, which alone may frame it.
    """
    inputs = ''.join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">' for name, value in params
    )
    nonce = secrets.token_urlsafe(16)
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Back to the app</title>'
        f'<form method="post" action="{html.escape(redirect_uri)}">{inputs}'
        '<noscript><button>Back to the app</button></noscript></form>'
        f'<script nonce="{nonce}">document.forms[0].submit()</script></html>'
    )
    url = urlsplit(redirect_uri)
    framed_by = f'{url.scheme}://{url.netloc}' if is_silent else "'none'"
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; frame-ancestors {framed_by}"
    return HTMLResponse(page, headers={'Content-Security-Policy': policy, **NO_STORE})


def _button(value: str, testid: str, text: str, kind: str = 'other') -> str:
    return (
        f'<button name="factor" value="{value}" class="{kind}" data-testid="demo-{testid}">{html.escape(text)}</button>'
    )
