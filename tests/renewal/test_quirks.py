"""Providers that want to be asked differently from what they say, learnt once and remembered."""

from __future__ import annotations

import pytest

from app.errors import ClientRefused, InteractionRequired
from app.oidc.quirks import Quirks
from tests.person import query
from tests.renewal.answers import AnsweringFrame
from tests.renewal.conftest import SignedIn


async def test_a_provider_that_answers_only_with_a_hint_is_asked_without_first_and_then_with(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'login_required')
    live = alice.live(frame)
    await live.renew()
    assert ['id_token_hint' in query(url) for url in frame.urls] == [False, True]
    assert query(frame.urls[1])['id_token_hint'] == alice.session.tokens.id_token
    newest = live.session.tokens.id_token
    await live.renew()
    assert query(frame.urls[2])['id_token_hint'] == newest
    assert alice.oidc.quirks == Quirks(wants_hint=True)


async def test_a_hint_that_does_not_help_is_not_learnt(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'login_required', 'login_required')
    with pytest.raises(InteractionRequired):
        await alice.live(frame).renew()
    assert alice.oidc.quirks == Quirks()


@pytest.mark.parametrize(('hint', 'sent'), [('always', [True]), ('never', [False])])
async def test_the_setting_has_the_last_word_on_the_hint(alice: SignedIn, hint: str, sent: list[bool]) -> None:
    frame = AnsweringFrame(alice.frame)
    await alice.live(frame, hint=hint).renew()
    assert ['id_token_hint' in query(url) for url in frame.urls] == sent


async def test_with_never_a_refusal_is_final(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'login_required')
    with pytest.raises(InteractionRequired):
        await alice.live(frame, hint='never').renew()
    assert len(frame.urls) == 1


async def test_a_provider_that_refuses_the_fragment_is_asked_without_from_then_on(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'invalid_request')
    live = alice.live(frame)
    await live.renew()
    await live.renew()
    assert [query(url).get('response_mode') for url in frame.urls] == ['fragment', None, None]


async def test_a_misconfiguration_is_not_taken_for_a_quirk(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'invalid_request', 'invalid_request')
    live = alice.live(frame)
    with pytest.raises(ClientRefused):
        await live.renew()
    assert alice.oidc.quirks == Quirks()
    assert live.phase == 'retrying'


@pytest.mark.parametrize(
    ('prompt', 'listed', 'asked'),
    [
        (None, ['login'], None),
        ('login', [], 'login'),
        ('select_account', [], 'select_account'),
        ('select_account', ['none', 'login', 'consent'], 'login'),
        ('login', ['none', 'select_account'], 'select_account'),
        ('login', ['none', 'consent'], 'login'),
    ],
)
def test_a_prompt_that_is_not_offered_becomes_the_nearest_one(
    prompt: str | None, listed: list[str], asked: str | None
) -> None:
    assert Quirks().nearest_prompt(prompt, 'https://op', listed) == asked


def test_google_which_knows_no_login_is_asked_to_let_the_person_choose() -> None:
    assert Quirks().nearest_prompt('login', 'https://accounts.google.com', []) == 'select_account'


def test_where_the_choice_was_refused_a_login_is_asked_for() -> None:
    assert Quirks(refuses_select_account=True).nearest_prompt('select_account', 'https://op', []) == 'login'


async def test_a_renewal_does_not_unlearn_what_a_sign_in_has_taught_meanwhile(alice: SignedIn) -> None:
    before = alice.oidc.quirks
    request = await alice.oidc.sign_in_request('https://app/callback', 'select_account')
    assert alice.oidc.learns_from(request, ClientRefused(code='invalid_request'))
    alice.oidc.learn(before.with_hint())
    assert alice.oidc.quirks == Quirks(wants_hint=True, refuses_select_account=True)
