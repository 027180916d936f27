"""An answer of the provider, and how it is read.

| it is                                                       | read as                                             |
|-------------------------------------------------------------|-----------------------------------------------------|
| JSON in UTF-8, -16 or -32, with or without a mark before it | JSON (RFC 8259 §8.1), whatever media type is named  |
| JSON in the Latin charset that `Content-Type` names         | JSON, as some old servers send it                   |
| JSON with a member twice, at its top                        | refused: `answer_unreadable` (RFC 6749 §5.1, §5.2)  |
| a form, where JSON is due                                   | refused: `answer_unreadable`                        |
| a JWT, where JSON is due                                    | refused: `answer_unreadable`                        |
| 5xx, 429                                                    | `provider_failed`, whatever else it says            |
| `error` in JSON, with another status                        | the error that it stands for                        |
| a redirect, 404, 405, 410, 421                              | `provider_failed`; the endpoint may have moved      |
| anything else                                               | `provider_failed`                                   |
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx

from ...errors import AuthError, ProviderFailed
from ...errors.codes import from_provider
from ..id_token import replace_surrogates
from ..metadata import ContradictsMetadata
from ..unsupported import AnswerUnreadable

# What an address answers that is no longer the endpoint's (RFC 9110 §15.4, §15.5): moved, not found, gone, misdirected.
GONE = frozenset({301, 302, 303, 307, 308, 404, 405, 410, 421})
LATIN = frozenset({'iso-8859-1', 'latin1', 'windows-1252', 'iso-8859-15'})


class EndpointGone(ProviderFailed, ContradictsMetadata):
    """The address answers, but not as the endpoint that it was."""


class Refusal(Protocol):
    """What an answer means that only the one who has asked understands: an error, or None for the usual."""

    def __call__(self, status: int, document: dict[str, Any] | None, *, is_empty: bool) -> AuthError | None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; `detail` says for the log what was asked, and the status."""

    response: httpx.Response = field(repr=False)
    content: bytes = field(repr=False)
    detail: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def is_trouble(self) -> bool:
        """Whether the provider, or what stands before it, cannot answer right now."""
        return self.status >= 500 or self.status == 429

    @property
    def media_type(self) -> str:
        """In lower case, without parameters; '' if none is named."""
        return str(self.response.headers.get('Content-Type', '')).partition(';')[0].strip().lower()

    @property
    def jwt(self) -> str | None:
        """The JWT that it says it is; None for any other answer (RFC 7519 §10.3)."""
        is_jwt = self.response.is_success and self.media_type == 'application/jwt'
        return self.content.decode('ascii', 'replace').strip() if is_jwt else None

    def document(self, refusal: Refusal | None = None) -> dict[str, Any]:
        """The JSON object in it. Raises what `refusal` says that it means, `AnswerUnreadable`, or what `failure` is."""
        if self.is_trouble:
            raise self.failure()
        document = self.json()
        is_empty = not self.content.strip()
        if refusal and (refused := refusal(self.status, document, is_empty=is_empty)):
            refused.retry_after = retry_after(self.response)
            raise refused
        if self.response.is_success and document is not None:
            return document
        raise self.failure()

    def json(self) -> dict[str, Any] | None:
        """The JSON object in it, whatever the status; None if it has none. Raises `AnswerUnreadable`."""
        try:
            return _json_object(self._text())
        except RepeatedMember as error:
            raise AnswerUnreadable(f'{self.detail}, {error}') from error

    def failure(self) -> AuthError:
        """What it means that it is no success, or has no JSON object in it."""
        if self.is_trouble:
            return ProviderFailed(self.detail, retry_after=retry_after(self.response))
        document = self.json() or {}
        error, description = document.get('error'), document.get('error_description')
        if isinstance(error, str):
            return from_provider(error, description if isinstance(description, str) else '')
        if self.media_type in {'application/x-www-form-urlencoded', 'application/jwt'}:
            return AnswerUnreadable(f'{self.detail}, {self.media_type}, no usable JSON')
        kind = EndpointGone if self.status in GONE else ProviderFailed
        return kind(f'{self.detail}, no usable JSON')

    def _text(self) -> bytes | str:
        """What JSON is read from; bytes where JSON itself says how they are to be read."""
        header = Message()
        header['Content-Type'] = self.response.headers.get('Content-Type', '')
        charset = str(header.get_param('charset', '')).lower()
        try:
            self.content.decode()
        except UnicodeDecodeError:
            return self.content.decode(charset, 'replace') if charset in LATIN else self.content
        return self.content


class RepeatedMember(Exception):
    """A member of a JSON object is there twice, and nobody knows which one counts."""


def retry_after(response: httpx.Response) -> float:
    """Seconds, from either form of the header (RFC 9110 §10.2.3)."""
    value = response.headers.get('Retry-After', '')
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - _date(response))
    except (ValueError, OverflowError):
        return 0.0


def _date(response: httpx.Response) -> float:
    """The moment the provider's own clock says it answered."""
    return parsedate_to_datetime(response.headers.get('Date', '')).timestamp()


def _json_object(content: bytes | str) -> dict[str, Any] | None:
    latest: list[tuple[str, Any]] = []

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal latest
        latest = pairs  # the last one is the outermost
        return dict(pairs)

    try:
        document = json.loads(content, object_pairs_hook=as_object)
        if not isinstance(document, dict):
            return None
        document, names = replace_surrogates(document), [name for name, _ in latest]
    except (ValueError, RecursionError):
        return None
    repeated = next((name for name in document if names.count(name) > 1), None)
    if repeated is not None:
        raise RepeatedMember(f'it has the member {repeated[:100]!r} twice')
    return document
