"""Which language the package's own texts are in."""

from __future__ import annotations

import re

AUTO = 'auto'  # as the browser of each request asks for
TAG = re.compile('[a-z]{2,3}(-[a-z0-9]{2,8})*')  # in lower case (RFC 5646 §2.1.1)


def language_tag(value: str) -> str:
    """The tag in lower case, or `auto`. Raises `ValueError` if it is neither."""
    if value != AUTO and not TAG.fullmatch(value.lower()):
        raise ValueError('must be auto or a language, as en, de or fr-CA')
    return value.lower()
