"""Which language a request is answered in, and how a host app adds one."""

from __future__ import annotations

import pytest

from app.errors import SettingsError, StoreFailed
from app.errors.codes import from_provider
from app.renewal.events import Failure
from app.settings.guest import load_for_host
from app.texts.language import language_of
from app.texts.texts import Texts


def chosen(header: str | None, setting: str = 'auto', known: tuple[str, ...] = ('en', 'de')) -> str:
    headers = [] if header is None else [(b'accept-language', header.encode('latin-1'))]
    return language_of({'type': 'http', 'headers': headers}, setting, known)


@pytest.mark.parametrize(
    ('header', 'language'),
    [
        (None, 'en'),
        ('', 'en'),
        ('de', 'de'),
        ('de-AT,de;q=0.9,en;q=0.8', 'de'),
        ('en-US,en;q=0.9,de;q=0.8', 'en'),
        ('fr-FR,fr;q=0.9,de;q=0.5', 'de'),
        ('en;q=0.2, DE;q=0.9', 'de'),
        ('de;q=0, fr', 'en'),
        ('*', 'en'),
        ('de;q=x, ,;;=', 'en'),
        ('\xff' * 9000, 'en'),
        (','.join(['xx'] * 50) + ',de', 'en'),
    ],
)
def test_with_auto_the_browser_says_which(header: str | None, language: str) -> None:
    assert chosen(header) == language


@pytest.mark.parametrize(('setting', 'language'), [('en', 'en'), ('de', 'de'), ('de-at', 'de'), ('fr', 'en')])
def test_else_the_setting_does_whatever_the_browser_asks_for(setting: str, language: str) -> None:
    assert chosen('de', setting) == chosen('en', setting) == language


def test_a_language_that_was_added_is_one_of_them() -> None:
    texts = Texts()
    texts.language('fr')['log_in'] = 'Se connecter'
    assert chosen('fr-CA', known=tuple(texts.languages)) == 'fr'


def test_a_guest_speaks_english_unless_told_otherwise() -> None:
    assert load_for_host().ui_language == 'en'
    assert load_for_host(ui_language='de-AT').ui_language == 'de-at'
    for wrong in ('german', 'de_DE.UTF-8', '', 'en_US:en'):
        with pytest.raises(SettingsError, match='ui_language'):
            load_for_host(ui_language=wrong)


def test_what_is_changed_for_all_is_so_in_every_language_and_what_is_changed_in_one_in_that() -> None:
    texts = Texts()
    german, french = texts.language('de'), texts.language('fr')
    assert (german['log_in'], french['log_in']) == ('Anmelden', 'Log in')
    texts['log_in'] = 'Enter'
    assert (texts['log_in'], german['log_in'], french['log_in']) == ('Enter', 'Enter', 'Enter')
    texts.language('de').update({'log_in': 'Einloggen'})
    assert (texts['log_in'], german['log_in'], french['log_in']) == ('Enter', 'Einloggen', 'Enter')
    del german['log_in'], texts['log_in']
    assert (texts['log_in'], german['log_in']) == ('Log in', 'Anmelden')


def test_a_region_has_what_its_language_has() -> None:
    texts = Texts()
    austrian = texts.language('de-AT')
    austrian['log_in'] = 'Einsteigen'
    assert (austrian['log_in'], austrian['log_out'], texts.language('de')['log_in']) == (
        'Einsteigen',
        'Abmelden',
        'Anmelden',
    )


@pytest.mark.parametrize('tag', ['', 'deutsch', 'de_DE', 'x'])
def test_what_is_no_language_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match='no language'):
        Texts().language(tag)


def test_a_translation_is_checked_as_it_is_given() -> None:
    french = Texts().language('fr')
    with pytest.raises(KeyError, match='log_in'):
        french['log_inn'] = 'x'
    with pytest.raises(ValueError, match='erreur'):
        french['retrying'] = '{erreur}'


def test_an_error_speaks_the_language_by_its_kind() -> None:
    german = Texts().language('de')
    assert german.title(StoreFailed()) == 'Diese App erreicht ihren eigenen Speicher nicht'
    assert german.title(from_provider('consent_required')) == german['error.consent_required.title']
    assert (
        german['error.consent_required.title']
        == german['error.login_required.title']
        == 'Bitte melden Sie sich erneut an'
    )
    assert german.title(Failure(StoreFailed, 'of_its_own', 0)) == german.title(StoreFailed())
    assert german.advice(StoreFailed(advice='Die Platte ist voll.')) == 'Die Platte ist voll.'


@pytest.mark.parametrize(('count', 'said'), [(1, 'vor 1 Tag'), (2, 'vor 2 Tagen'), (0, 'vor 0 Tagen')])
def test_one_is_said_otherwise_than_many(count: int, said: str) -> None:
    assert Texts().language('de').count('ago_days', count) == said
