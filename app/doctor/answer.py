"""What became of an authorization request, as far as a browser that nobody is signed in with gets."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from ..oidc.probe import MAX_STEPS, Reply

Kind = Literal['back', 'page', 'refused', 'failed', 'elsewhere', 'unreachable']
LONGEST_PAGE = 10_000  # characters that are read; the patterns below take time that grows with its square
_REDIRECT_URI = re.compile(r'redirect[ _-]?ur[il]s?\b|redirect[ _]mismatch|callback url|reply (url|address)', re.I)
_CLIENT = re.compile(
    r'invalid_client|client_id'
    r'|\b(client|application)\b[^.]{0,80}\b(not found|unknown|invalid|not exist|not registered|not recogni[sz]ed)'
    r'|\b(unknown|invalid|no such|unregistered)\b[^.]{0,20}\b(client|application)\b',
    re.I,
)
_PKCE = re.compile(r'code[ _]challenge|pkce', re.I)
_TITLE = re.compile(r'<title[^<>]*>(.*?)</title', re.I | re.S)
_UNSEEN = re.compile(r'<(script|style)\b.*?</\1\s*>|<[^<>]*>', re.I | re.S)


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an authorization request led in the end, `at` this address.

    Its kind is `back`: to the redirect URI, with `params` in its query or fragment; `page`: one that people would see;
    `refused`: a page or text with a 4xx status; `failed`: 5xx, or too many redirects; `elsewhere`: sent to another
    site, or to another address of ours; `unreachable`: no answer at all.
    """

    kind: Kind
    at: str = ''
    reply: Reply | None = None
    in_query: dict[str, str] = field(default_factory=dict)
    in_fragment: dict[str, str] = field(default_factory=dict)
    words: str = ''

    @property
    def params(self) -> dict[str, str]:
        """The authorization response, wherever it is; else the error that the provider gave on a page of its own."""
        return self.in_query | self.in_fragment

    @property
    def error(self) -> str:
        return self.params.get('error', '')

    @property
    def said(self) -> str:
        """The provider's own words: an error's code and description, or the beginning of what the page says."""
        return ': '.join(filter(None, (self.error, self.params.get('error_description')))) or self.words

    @property
    def names_redirect_uri(self) -> bool:
        """Whether it is refused on account of the redirect URI."""
        return self.kind != 'back' and bool(_REDIRECT_URI.search(f'{self.said} {self.words}'))

    @property
    def names_client(self) -> bool:
        """Whether it is refused on account of the client ID, as far as its words tell."""
        is_shown = self.kind in {'refused', 'page'} and not self.names_redirect_uri
        return is_shown and bool(_CLIENT.search(f'{self.said} {self.words}'))

    @property
    def names_pkce(self) -> bool:
        return bool(_PKCE.search(self.said))

    def resembles(self, other: Answer) -> bool:
        """Whether both were answered in the same way, but for what changes from one answer to the next."""
        return self._features() == other._features()

    def _features(self) -> tuple[object, ...]:
        status = self.reply.status if self.reply else 0
        title = _title(self.reply.text) if self.reply else ''
        return self.kind, status, self.error, urlsplit(self.at)[:3], title, self.names_redirect_uri, self.names_client


def answer_of(replies: Sequence[Reply], redirect_uri: str) -> Answer:
    """What a walk that was to end at `redirect_uri` ended with."""
    last = replies[-1]
    target = last.location
    if target is not None and _same_address(target, redirect_uri):
        parts = urlsplit(target)
        return Answer('back', redirect_uri, last, _params(parts.query), _params(parts.fragment))
    if target is not None and len(replies) == MAX_STEPS:
        return Answer('failed', last.url, last, words='one redirect after another')
    if target is not None:
        return Answer('elsewhere', target, last)
    document = last.document or {}
    own = {name: value for name, value in document.items() if isinstance(value, str)} or _params(
        urlsplit(last.url).query
    )
    own = {name: own[name] for name in ('error', 'error_description') if name in own}
    kind: Kind = 'failed' if last.status >= 500 or 300 <= last.status < 400 else 'refused'
    if last.status < 300:
        kind = 'refused' if own.get('error') else 'page'
    return Answer(kind, last.url, last, own, words=_visible(last.text))


def no_answer(why: str) -> Answer:
    """The answer of an endpoint that could not be reached."""
    return Answer('unreachable', words=why)


def _same_address(target: str, redirect_uri: str) -> bool:
    try:
        return urlsplit(target)[:3] == urlsplit(redirect_uri)[:3]
    except ValueError:
        return False


def _params(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return {}


def _title(text: str) -> str:
    found = _TITLE.search(text[:LONGEST_PAGE])
    return ' '.join(found[1].split()) if found else ''


def _visible(text: str) -> str:
    """What a person would read on the page, more or less."""
    return ' '.join(html.unescape(_UNSEEN.sub(' ', text[:LONGEST_PAGE])).split())[:1000]
