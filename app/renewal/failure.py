"""What is remembered of an error."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import AppError


@dataclass(frozen=True, slots=True)
class Failure:
    """What is remembered of an error: its kind, its code, the provider's own words, and when it was.

    The exception itself is not kept: its traceback holds everything that was at hand, secrets too. `at` in seconds
    since the epoch.
    """

    kind: type[AppError]
    code: str
    at: float
    description: str = ''

    @classmethod
    def of(cls, error: AppError, at: float) -> Failure:
        """What is worth keeping of this error."""
        return cls(type(error), error.code, at, error.description)

    @property
    def title(self) -> str:
        return self.kind.title

    @property
    def advice(self) -> str:
        return self.kind.advice

    def is_a(self, *kinds: type[AppError]) -> bool:
        """Whether the error was of one of these kinds."""
        return issubclass(self.kind, kinds)

    def error(self) -> AppError:
        """An error of the same kind, to be raised anew."""
        return self.kind(code=self.code, description=self.description)
