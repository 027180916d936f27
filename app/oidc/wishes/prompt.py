"""The `prompt` of a sign-in (OpenID Connect Core §3.1.2.1): the one place where all wishes for it meet.

| wished for                                 | asked for                                                             |
|--------------------------------------------|-----------------------------------------------------------------------|
| `login` and anything of these              | `login`: the person shows who they are, whatever else                 |
| `create` and `select_account`              | `create`, if the provider lists it (Initiating User Registration §4)  |
| `create`, which the provider does not list | what else is wished for                                               |
| `login` or `select_account`                | that, or the other one where the provider has only that               |
| `consent`, by whomever                     | `consent` beside it                                                   |
| a value of the provider's own              | that beside it                                                        |
| `none`                                     | nothing: nobody could sign in                                         |
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..quirks import Quirks

BY_STRENGTH = ('select_account', 'create', 'login')  # what asks the person something, the more it asks for the later


def prompt_of(wished: Iterable[str], quirks: Quirks, issuer: str, listed: Collection[str]) -> str | None:
    """What of these values to ask this provider for, None if nothing; `listed` is what it says that it offers."""
    values = [value for value in dict.fromkeys(wished) if value != 'none' and (value != 'create' or value in listed)]
    asking = max((value for value in values if value in BY_STRENGTH), key=BY_STRENGTH.index, default=None)
    nearest = quirks.nearest_prompt(asking, issuer, listed)
    return ' '.join([*filter(None, [nearest]), *(value for value in values if value not in BY_STRENGTH)]) or None
