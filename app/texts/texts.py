"""The texts as a mapping by key, of which a host app may change every one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from difflib import get_close_matches
from string import Formatter
from typing import Protocol

from ..errors import AuthError
from ..errors.codes import BY_PROVIDER_CODE, kinds_by_code
from ..settings.language import TAG
from .english import ENGLISH
from .german import GERMAN
from .german_errors import GERMAN_ERRORS
from .language import DEFAULT, shortened

BUILT_IN: Mapping[str, Mapping[str, str]] = {'en': ENGLISH, 'de': {**GERMAN, **GERMAN_ERRORS}}
EVERY = ''  # language
LONGEST_QUOTE = 300  # characters
GIVEN: dict[str, dict[str, str]] = {}  # by language, and what counts in every one


class Described(Protocol):
    """An error, or what is remembered of one."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def description(self) -> str: ...


class Texts(MutableMapping[str, str]):
    """The texts by key, as they are in the language of the moment.

    Assigning puts another in the place of the default, in every language, deleting brings that back; `language` changes
    one language, or adds it. An error has two, `error.CODE.title` and `error.CODE.advice`. What stands in braces is
    filled in. Raises `KeyError` for an unknown key, with the nearest one, and `ValueError` if a text has braces that
    its default has not.
    """

    def __init__(
        self,
        language_now: Callable[[], str] = lambda: DEFAULT,
        given: dict[str, dict[str, str]] | None = None,
        changes: str = EVERY,
    ) -> None:
        self._language_now = language_now
        self._given: dict[str, dict[str, str]] = {} if given is None else given
        self._changes = changes

    def __getitem__(self, key: str) -> str:
        default = self._default(key)
        return self._found((key, self._key_of_kind(key)), default)

    def __setitem__(self, key: str, text: str) -> None:
        if unknown := fields(text) - fields(self._default(key)):
            raise ValueError(f'the text {key!r} knows no {{{min(unknown)}}}')
        self._given.setdefault(self._changes, {})[key] = text

    def __delitem__(self, key: str) -> None:
        self._default(key)
        self._given.get(self._changes, {}).pop(key, None)

    def __iter__(self) -> Iterator[str]:
        yield from ENGLISH
        for code in _kinds():
            yield from (f'error.{code}.title', f'error.{code}.advice')

    def __len__(self) -> int:
        return sum(1 for _ in self)

    @property
    def present_language(self) -> str:
        """The tag of the language of the moment, as `de`."""
        return self._language_now()

    @property
    def languages(self) -> frozenset[str]:
        """The tags of all languages that there are texts in."""
        return frozenset(BUILT_IN) | (self._given.keys() - {EVERY})

    def language(self, tag: str) -> Texts:
        """The texts of one language (`fr`, `de-AT`), which may be a new one: what it lacks is said in English.

        What is changed there counts more than what is changed for all. Raises `ValueError` if the tag is none.
        """
        tag = tag.lower()
        if not TAG.fullmatch(tag):
            raise ValueError(f'{tag!r} is no language: en, de and fr-CA are')
        self._given.setdefault(tag, {})
        return Texts(lambda: tag, self._given, tag)

    def say(self, key: str, **values: object) -> str:
        """The text with these values in the places of its braces."""
        return self[key].format(**values)

    def count(self, key: str, count: int, **values: object) -> str:
        """The text for so many: that of `KEY_one` for one, else of `KEY_other`."""
        return self.say(f'{key}_one' if count == 1 else f'{key}_other', count=count, **values)

    def title(self, error: Described) -> str:
        """What happened, in a few words."""
        return self._of(error, 'title', error.title)

    def advice(self, error: Described) -> str:
        """What can be done about it; an error that has a word of its own for the case keeps that."""
        is_own = isinstance(error, AuthError) and error.advice != type(error).advice
        return error.advice if is_own else self._of(error, 'advice', error.advice)

    def quote(self, error: Described) -> str:
        """What the provider itself says of it, quoted; empty if nothing. Anybody may have chosen it: it is no HTML."""
        words = ' '.join(error.description.split())
        if not words:
            return ''
        return self.say('provider_says', words=words if len(words) <= LONGEST_QUOTE else f'{words[:LONGEST_QUOTE]}…')

    def _of(self, error: Described, part: str, default: str) -> str:
        kind = type(error) if isinstance(error, AuthError) else getattr(error, 'kind', None)
        known = BY_PROVIDER_CODE.get(error.code, kind)
        codes = (error.code, known.code if known else error.code)
        return self._found(tuple(f'error.{code}.{part}' for code in codes), default)

    def _found(self, keys: tuple[str, ...], default: str) -> str:
        """The text of the first of the keys: what is given for the language, what for all, what we have; English."""
        tags = tuple(shortened(self._language_now()))
        places = [*(self._given.get(tag, {}) for tag in (*tags, EVERY)), *(BUILT_IN.get(tag, {}) for tag in tags)]
        return next((place[key] for place in places for key in keys if key in place), default)

    def _key_of_kind(self, key: str) -> str:
        """For a code of the provider's the key of the kind of error that it stands for."""
        _, _, rest = key.partition('.')
        code, _, part = rest.partition('.')
        return f'error.{BY_PROVIDER_CODE[code].code}.{part}' if code in BY_PROVIDER_CODE else key

    def _default(self, key: str) -> str:
        """In English."""
        if key in ENGLISH:
            return ENGLISH[key]
        prefix, _, rest = key.partition('.')
        code, _, part = rest.partition('.')
        kind = _kinds().get(code) if prefix == 'error' and part in {'title', 'advice'} else None
        if kind is None:
            near = get_close_matches(key, list(self), 1)
            raise KeyError(f'there is no text {key!r}' + (f'; did you mean {near[0]!r}?' if near else ''))
        return kind.title if part == 'title' else kind.advice


def fields(text: str) -> set[str]:
    """What stands in the text's braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _kinds() -> dict[str, type[AuthError]]:
    return {AuthError.code: AuthError} | kinds_by_code()
