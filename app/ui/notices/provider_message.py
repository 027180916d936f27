"""What the provider itself says about a failure."""

from __future__ import annotations

from ...errors import AuthError
from ...renewal.events import Failure
from .texts import texts

LONGEST = 300  # characters


def provider_message(error: AuthError | Failure) -> str:
    """The provider's words as quoted text, empty if it gave none. Anybody may have chosen them: they are no HTML."""
    words = ' '.join(error.description.split())
    if not words:
        return ''
    return texts.say('provider_says', words=words if len(words) <= LONGEST else f'{words[:LONGEST]}…')
