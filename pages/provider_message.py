"""What the provider itself says about a failure."""

from __future__ import annotations

from app.errors import AppError
from app.renewal.events import Failure

LONGEST = 300  # characters


def provider_message(error: AppError | Failure) -> str:
    """The provider's words as quoted text, empty if it gave none. Anybody may have chosen them: they are no HTML."""
    words = ' '.join(error.description.split())
    if not words:
        return ''
    return f'The sign-in service says: “{words if len(words) <= LONGEST else f"{words[:LONGEST]}…"}”'
