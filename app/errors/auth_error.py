"""What an error is, and the three things that one can mean for the session; `errors.py` has them all."""

from __future__ import annotations


class AuthError(Exception):
    """What went wrong: a code for machines, a sentence for people, and what they can do next.

    `detail` is for the log only. `description` is the provider's own words, which a page shows as quoted text.
    `retry_after` is for how many seconds it wants to be left alone (RFC 9110 §10.2.3). `advice` is said in the place
    of the usual one.
    """

    code = 'error'
    title = 'Something went wrong'
    advice = 'Please try again. If it happens again, tell the people who run this app.'
    status = 500

    def __init__(
        self,
        detail: str = '',
        *,
        code: str | None = None,
        description: str = '',
        retry_after: float = 0.0,
        advice: str = '',
    ) -> None:
        super().__init__(detail or self.title)
        self.advice = advice or self.advice
        self.code = code or self.code
        self.description = description
        self.retry_after = retry_after


class TransientError(AuthError):
    """The session stays; it is tried again."""

    status = 503


class DefinitiveError(AuthError):
    """Only a person can go on."""

    status = 400


class MisconfigurationError(AuthError):
    """Only the operator can go on."""

    status = 502
    advice = 'The people who run this app have to mend its settings; please tell them the code below.'
