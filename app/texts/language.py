"""Which language a request is answered in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.types import Scope

from ..settings.language import AUTO, TAG

DEFAULT = 'en'
SCOPE_KEY = 'stay_signed_in.language'
MOST_RANGES = 20  # of a header that are looked at

present: ContextVar[str] = ContextVar('stay_signed_in.language', default=DEFAULT)


def present_language() -> str:
    """That of the request which is being answered."""
    return present.get()


def language_of(scope: Scope, setting: str, known: Collection[str]) -> str:
    """The one of the known languages in which to answer this request: the setting, or what its browser asks for."""
    asked = _ranges(Headers(scope=scope).get('accept-language', '')) if setting == AUTO else [setting]
    return next((tag for wanted in asked for tag in shortened(wanted) if tag in known), DEFAULT)


def shortened(tag: str) -> Iterator[str]:
    """The tag, then the same less precisely: `de-at`, `de` (RFC 4647 §3.4)."""
    while tag:
        yield tag
        tag = tag.rpartition('-')[0]


def _ranges(header: str) -> list[str]:
    """What the header asks for, the likeliest first (RFC 9110 §12.5.4)."""
    asked = []
    for item in header.lower().split(',')[:MOST_RANGES]:
        tag, _, weight = (part.strip() for part in item.partition(';'))
        quality = _quality(weight)
        if TAG.fullmatch(tag) and quality > 0:
            asked.append((-quality, tag))
    return [tag for _, tag in sorted(asked, key=lambda one: one[0])]


def _quality(weight: str) -> float:
    """`q=0.5`; one that makes no sense is none."""
    found = re.fullmatch(r'q\s*=\s*([01](\.\d{0,3})?)', weight)
    return float(found[1]) if found else 0.0 if weight else 1.0
