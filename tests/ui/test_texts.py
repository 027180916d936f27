"""The texts that a host app may change."""

from __future__ import annotations

import pytest

from app.errors import SessionIdle, StoreFailed
from app.errors.codes import from_provider, kinds_by_code
from app.renewal.events import Failure
from app.texts.english import ENGLISH
from app.texts.texts import Texts


def test_a_text_can_be_changed_and_comes_back() -> None:
    texts = Texts()
    texts['log_in'] = 'Anmelden'
    assert texts['log_in'] == 'Anmelden'
    del texts['log_in']
    assert texts['log_in'] == 'Log in'


def test_a_mistyped_key_is_told_with_the_nearest_one() -> None:
    with pytest.raises(KeyError, match="no text 'log_inn'; did you mean 'log_in'"):
        Texts()['log_inn'] = 'Anmelden'
    for key in ('', 'error.nothing.title', 'error.session_idle', 'error.session_idle.code'):
        with pytest.raises(KeyError):
            Texts()[key]


def test_a_text_with_unknown_braces_is_refused_when_it_is_given() -> None:
    texts = Texts()
    with pytest.raises(ValueError, match='retrying'):
        texts['retrying'] = '{fehler} ist passiert'
    texts['retrying'] = 'Es wird von selbst wieder versucht.'
    assert texts.say('retrying', error='X') == 'Es wird von selbst wieder versucht.'


def test_an_error_has_texts_by_its_code() -> None:
    texts = Texts()
    texts['error.session_idle.title'] = 'Niemand war hier'
    failure = Failure(SessionIdle, SessionIdle.code, 0)
    assert (texts.title(failure), texts.advice(failure)) == ('Niemand war hier', SessionIdle.advice)
    assert texts.title(StoreFailed()) == StoreFailed.title


def test_a_code_of_the_provider_has_the_texts_of_its_kind_unless_it_has_its_own() -> None:
    texts, error = Texts(), from_provider('consent_required')
    texts['error.login_required.title'] = 'Bitte noch einmal anmelden'
    assert texts.title(error) == 'Bitte noch einmal anmelden'
    texts['error.consent_required.title'] = 'Bitte zustimmen'
    assert texts.title(error) == 'Bitte zustimmen'


def test_an_advice_for_the_very_case_stays() -> None:
    texts = Texts()
    texts['error.store_failed.advice'] = 'Bitte warten.'
    assert texts.advice(StoreFailed()) == 'Bitte warten.'
    assert texts.advice(StoreFailed(advice='The disk is full.')) == 'The disk is full.'


def test_every_key_is_listed_once_and_has_a_text() -> None:
    texts = Texts()
    keys = list(texts)
    assert len(keys) == len(set(keys)) == len(texts) == len(ENGLISH) + 2 * len(kinds_by_code()) + 2
    assert all(texts[key] for key in keys)
