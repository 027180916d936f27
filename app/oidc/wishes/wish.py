"""What somebody wishes of a sign-in: the configuration, the session before it, a link, the app, or a guard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...settings.sign_in_params import OURS


@dataclass(frozen=True, slots=True)
class SignInWish:
    """`params` are added to the authorization request, and `scope` to the registration's.

    `acr` are the authentication context class references of which the answer has to have one, in order of preference;
    `max_age` is how long ago the person may have shown who they are, in seconds (OpenID Connect Core §3.1.2.1).
    """

    params: Mapping[str, str] = field(default_factory=dict)
    scope: frozenset[str] = frozenset()
    acr: tuple[str, ...] = ()
    max_age: int | None = None

    @property
    def prompts(self) -> tuple[str, ...]:
        """The values of `prompt`."""
        return tuple(self.params.get('prompt', '').split())

    @property
    def is_for_who_is_there(self) -> bool:
        """Whether it asks more of the person who is signed in already, and lets nobody else take their place."""
        asks_more = bool(self.acr or self.scope or self.max_age is not None)
        return asks_more and not {'select_account', 'create'}.intersection(self.prompts)


NOTHING = SignInWish()


def merged(*wishes: SignInWish) -> SignInWish:
    """One wish of several, the weaker first. What is ours is in none of them, whoever put it there.

    | of            | what counts                                                                                |
    |---------------|--------------------------------------------------------------------------------------------|
    | `prompt`      | all values; `prompt_of` says what becomes of them                                          |
    | `max_age`     | the smallest, whether it is a parameter or a guard's                                       |
    | `acr`         | the last that has any, and then no `acr_values` beside it: only a guard's answer is checked |
    | `scope`       | all                                                                                        |
    | anything else | the last                                                                                   |
    """
    params: dict[str, str] = {}
    prompts: list[str] = []
    ages: list[int] = []
    acr: tuple[str, ...] = ()
    for wish in wishes:
        params |= {name: value for name, value in wish.params.items() if name not in OURS | {'prompt', 'max_age'}}
        prompts += wish.prompts
        ages += [age for age in (wish.max_age, _age(wish.params)) if age is not None]
        acr = wish.acr or acr
    if prompts:
        params['prompt'] = ' '.join(dict.fromkeys(prompts))
    if acr:
        params.pop('acr_values', None)
    return SignInWish(params, frozenset().union(*(wish.scope for wish in wishes)), acr, min(ages, default=None))


def _age(params: Mapping[str, str]) -> int | None:
    value = params.get('max_age', '')
    return int(value) if value.isdecimal() else None
