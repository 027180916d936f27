"""Which of several wishes is the stronger."""

from __future__ import annotations

import pytest

from app.oidc.quirks import Quirks
from app.oidc.wishes.parameters import IN_SILENT, in_silent
from app.oidc.wishes.prompt import prompt_of
from app.oidc.wishes.wish import NOTHING, SignInWish, merged
from app.settings.sign_in_params import OURS

GOOGLE = 'https://accounts.google.com'
ISSUER = 'https://login.example.com'


@pytest.mark.parametrize(
    ('wishes', 'found'),
    [
        ([], NOTHING),
        ([{'ui_locales': 'de'}, {'ui_locales': 'fr'}], SignInWish({'ui_locales': 'fr'})),
        ([{'organization': 'a'}, {'login_hint': 'b'}], SignInWish({'organization': 'a', 'login_hint': 'b'})),
        ([{'prompt': 'login'}, {'prompt': 'consent login'}], SignInWish({'prompt': 'login consent'})),
        ([{'max_age': '60'}, {'max_age': '3600'}], SignInWish(max_age=60)),
        ([{'max_age': '60'}, SignInWish(max_age=10)], SignInWish(max_age=10)),
        ([SignInWish(max_age=0), {'max_age': '60'}], SignInWish(max_age=0)),
        ([{'acr_values': 'a'}], SignInWish({'acr_values': 'a'})),
        ([{'acr_values': 'a'}, SignInWish(acr=('b', 'c'))], SignInWish(acr=('b', 'c'))),
        ([SignInWish(acr=('b',)), {'acr_values': 'a'}], SignInWish(acr=('b',))),
        ([SignInWish(acr=('b',)), SignInWish(acr=('c',)), NOTHING], SignInWish(acr=('c',))),
        ([SignInWish(scope=frozenset('a')), SignInWish(scope=frozenset('b'))], SignInWish(scope=frozenset('ab'))),
    ],
)
def test_of_several_the_stronger_counts(wishes: list[SignInWish | dict[str, str]], found: SignInWish) -> None:
    assert merged(*(SignInWish(wish) if isinstance(wish, dict) else wish for wish in wishes)) == found


@pytest.mark.parametrize('name', sorted(OURS))
def test_what_is_ours_is_in_none_whoever_wished_for_it(name: str) -> None:
    assert merged(SignInWish({name: 'x'}), SignInWish({name: 'y', 'a': 'b'})) == SignInWish({'a': 'b'})


@pytest.mark.parametrize(
    ('wished', 'listed', 'asked'),
    [
        ('', '', None),
        ('none', '', None),
        ('none login', '', 'login'),
        ('select_account', '', 'select_account'),
        ('select_account login', '', 'login'),
        ('select_account', 'login', 'login'),
        ('login', 'select_account', 'select_account'),
        ('login', 'none consent', 'login'),
        ('consent', '', 'consent'),
        ('login consent', '', 'login consent'),
        ('consent select_account', '', 'select_account consent'),
        ('attest', '', 'attest'),
        ('create', '', None),
        ('create', 'login', None),
        ('create', 'create login', 'create'),
        ('create select_account', 'create select_account', 'create'),
        ('create select_account', 'select_account', 'select_account'),
        ('create login', 'create login', 'login'),
    ],
)
def test_one_place_decides_what_prompt_asks_for(wished: str, listed: str, asked: str | None) -> None:
    assert prompt_of(wished.split(), Quirks(), ISSUER, listed.split()) == asked


def test_what_a_provider_cannot_do_becomes_what_is_nearest() -> None:
    assert prompt_of(['login'], Quirks(), GOOGLE, []) == 'select_account'
    assert prompt_of(['select_account'], Quirks(refuses_select_account=True), ISSUER, []) == 'login'


@pytest.mark.parametrize(
    'name',
    ['prompt', 'max_age', 'acr_values', 'login_hint', 'screen_hint', 'ui_locales', 'access_type'],
)
def test_what_is_for_a_page_or_a_person_is_in_no_silent_request(name: str) -> None:
    assert in_silent({name: 'x'}) == {}


@pytest.mark.parametrize('name', ['organization', 'connection', 'kc_idp_hint', 'domain_hint', 'tenant'])
def test_what_says_where_the_session_is_is_in_silent_requests_too(name: str) -> None:
    assert in_silent({name: 'x'}) == {name: 'x'}


def test_no_parameter_is_both_ours_and_the_apps() -> None:
    assert not OURS & IN_SILENT.keys()


@pytest.mark.parametrize(
    ('wish', 'is_bound'),
    [
        (NOTHING, False),
        (SignInWish({'prompt': 'login'}), False),
        (SignInWish(max_age=0), True),
        (SignInWish(acr=('a',)), True),
        (SignInWish({'prompt': 'login'}, scope=frozenset('a')), True),
        (SignInWish({'prompt': 'select_account'}, scope=frozenset('a')), False),
        (SignInWish({'prompt': 'create'}, acr=('a',)), False),
    ],
)
def test_what_asks_more_of_who_is_signed_in_is_for_nobody_else(wish: SignInWish, is_bound: bool) -> None:
    assert wish.is_for_who_is_there is is_bound
