"""Every text that the library shows to people, by key; a host app may put its own in their places."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from difflib import get_close_matches
from string import Formatter
from typing import Protocol

from ...errors import AuthError
from ...errors.codes import BY_PROVIDER_CODE, kinds_by_code

DEFAULTS = {
    'log_in': 'Log in',
    'log_in_again': 'Log in again',
    'choose_title': 'Where do you want to log in?',
    'choose_text': 'Choose where you have an account.',
    'choose_last': 'You logged in here last time',
    'log_in_as_yourself': 'Log in as yourself',
    'log_in_as_another': 'Log in as somebody else',
    'switch_to_them': 'Switch to them',
    'log_out': 'Log out',
    'log_out_there': 'Log out there too',
    'stay_logged_in': 'Stay logged in',
    'try_again': 'Try again',
    'run_the_doctor': 'Run the doctor',
    'load_anew': 'Load this page',
    'dismiss': 'Dismiss',
    'home': 'Home',
    'retrying': '{error}. You are still logged in; it is tried again by itself.',
    'retrying_expired': (
        '{error}, and the access token has expired. It is still tried again by itself; you can also log in again.'
    ),
    'ended': '{error}.',
    'logged_out_here': 'You are no longer logged in here.',
    'logged_out_everywhere': 'You are logged out, in all tabs of this browser.',
    'lives_on': (
        'You may still be signed in at the sign-in service; if others use this browser, log out there as well.'
    ),
    'soon_idle': 'You will be logged out within a minute, since nobody is here. Touch anything to stay.',
    'soon_too_old': 'You will be logged out within a minute, since your session has lasted as long as it may.',
    'signed_in_elsewhere': 'You are logged in now. Load this page to see it as yourself.',
    'covered_title': 'Please log in again',
    'covered_text': 'This page waits behind this notice. What you have typed is still there.',
    'covered_ended_title': 'You are logged out',
    'covered_ended_text': 'What this page showed of you has been removed.',
    'covered_forbidden_text': 'It needs {missing}, which you have no longer.',
    'lacks': 'This needs {missing}.',
    'covered_another_title': 'Somebody else is logged in now',
    'provider_says': 'The sign-in service says: “{words}”',
    'sign_in_service': 'the sign-in service',
    'error_code': 'Error code',
    'still_logged_in': 'You are still logged in',
    'logout_failed': 'Logging out did not work. {error}. {advice}',
    'wait_then_try_again': 'Wait a moment, then try again.',
    'please_log_in': 'Please log in',
    'please_log_in_text': 'Log in to see this page: {page}.',
    'forbidden': 'You may not see this page',
    'forbidden_scope': (
        'The page {page} needs what the sign-in service has not granted to you: {missing}. '
        'What it did grant: {granted}.'
    ),
    'forbidden_role': 'The page {page} is for people with the role {missing}. Yours: {granted}.',
    'forbidden_check': 'The page {page} is not for you, as far as this app knows.',
    'nothing': 'nothing',
    'logout_title': 'Log out?',
    'logout_text': 'This logs you out in all tabs of this browser.',
    'logout_text_there': 'This logs you out in all tabs of this browser, and at the sign-in service.',
    'logged_out_only_here': 'You are logged out here',
    'logged_out_only_here_text': 'You may still be signed in at the sign-in service.',
    'logged_out_already': 'You are logged out already',
    'nothing_left': 'There is nothing left to do.',
    'needs_script_title': 'This app needs JavaScript',
    'needs_script': 'Your browser runs none here. Allow it for this site, then load this page again.',
}


LONGEST_QUOTE = 300  # characters


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
    """The texts by key. Assigning puts another in the place of the default, deleting brings that back.

    An error has two, `error.CODE.title` and `error.CODE.advice`. What stands in braces is filled in. Raises `KeyError`
    for an unknown key, with the nearest one, and `ValueError` if a text has braces that its default has not.
    """

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def __getitem__(self, key: str) -> str:
        return self._given[key] if key in self._given else self._default(key)

    def __setitem__(self, key: str, text: str) -> None:
        if unknown := _fields(text) - _fields(self._default(key)):
            raise ValueError(f'the text {key!r} knows no {{{min(unknown)}}}')
        self._given[key] = text

    def __delitem__(self, key: str) -> None:
        self._default(key)
        self._given.pop(key, None)

    def __iter__(self) -> Iterator[str]:
        yield from DEFAULTS
        for code in kinds_by_code():
            yield from (f'error.{code}.title', f'error.{code}.advice')

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def say(self, key: str, **values: str) -> str:
        """The text with these values in the places of its braces."""
        return self[key].format(**values)

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
        kind = BY_PROVIDER_CODE.get(error.code)
        keys = (f'error.{code}.{part}' for code in (error.code, kind.code if kind else error.code))
        return next((self._given[key] for key in keys if key in self._given), default)

    def _default(self, key: str) -> str:
        if key in DEFAULTS:
            return DEFAULTS[key]
        prefix, _, rest = key.partition('.')
        code, _, part = rest.partition('.')
        kind = kinds_by_code().get(code) if prefix == 'error' and part in {'title', 'advice'} else None
        if kind is None:
            near = get_close_matches(key, list(self), 1)
            raise KeyError(f'there is no text {key!r}' + (f'; did you mean {near[0]!r}?' if near else ''))
        return kind.title if part == 'title' else kind.advice


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


texts = Texts()
