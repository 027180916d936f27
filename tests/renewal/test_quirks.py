"""Providers that want to be asked differently from what they say, learnt once and remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.errors import ClientRefused, InteractionRequired, StoreFailed
from app.oidc.authorization import AuthorizationRequest, AuthorizationResponse
from app.oidc.metadata import Registration
from app.oidc.provider_client import ProviderClient
from app.oidc.quirks import Quirks
from app.sessions.learnt import recall
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


@pytest.mark.parametrize(
    ('code', 'words'),
    [
        ('invalid_request', 'Missing required parameter: id_token_hint'),
        ('invalid_request', 'prompt=none needs an ID token hint'),
        ('invalid_request', 'The hint is missing'),
        ('access_denied', 'no id_token_hint was sent'),
        ('session_unknown', 'send an id_token_hint'),
        ('consent_required', 'id_token_hint is missing'),
        ('account_selection_required', ''),
        ('interaction_required', ''),
    ],
)
async def test_the_hint_is_learnt_from_every_refusal_that_asks_for_it(alice: SignedIn, code: str, words: str) -> None:
    frame = AnsweringFrame(alice.frame, code, words=words)
    await alice.live(frame).renew()
    assert ['id_token_hint' in query(url) for url in frame.urls] == [False, True]
    assert alice.oidc.quirks == Quirks(wants_hint=True)


@pytest.mark.parametrize('words', ['the login_hint is missing', 'response_mode is not supported', ''])
async def test_what_does_not_speak_of_the_hint_does_not_get_it(alice: SignedIn, words: str) -> None:
    frame = AnsweringFrame(alice.frame, 'invalid_request', words=words)
    await alice.live(frame).renew()
    assert not any('id_token_hint' in query(url) for url in frame.urls)


async def test_a_hint_that_was_asked_for_and_does_not_help_is_tried_once(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, *['invalid_request'] * 9, words='id_token_hint')
    with pytest.raises(ClientRefused):
        await alice.live(frame).renew()
    assert sum('id_token_hint' in query(url) for url in frame.urls) <= 2  # with the fragment, and without
    assert alice.oidc.quirks == Quirks()


async def test_what_was_learnt_is_known_after_a_restart(alice: SignedIn) -> None:
    await alice.live(AnsweringFrame(alice.frame, 'invalid_request', words='id_token_hint, please')).renew()
    restarted = ProviderClient(alice.oidc.issuer, alice.oidc.registration, alice.oidc._http, alice.clock)
    await recall(restarted, alice.store)
    assert restarted.quirks == Quirks(wants_hint=True)


async def test_another_client_of_the_provider_learns_by_itself(alice: SignedIn) -> None:
    await alice.live(AnsweringFrame(alice.frame, 'login_required')).renew()
    other = ProviderClient(alice.oidc.issuer, Registration('another', 'openid'), alice.oidc._http, alice.clock)
    await recall(other, alice.store)
    assert other.quirks == Quirks()


@pytest.mark.parametrize(('hint', 'known'), [('always', False), ('never', True)])
async def test_the_setting_is_not_taken_for_something_learnt(alice: SignedIn, hint: str, known: bool) -> None:
    alice.oidc.learn(Quirks(wants_hint=known))
    frame = AnsweringFrame(alice.frame)
    await alice.live(frame, hint=hint).renew()
    assert ['id_token_hint' in query(url) for url in frame.urls] == [hint == 'always']
    assert alice.oidc.quirks == Quirks(wants_hint=known)


async def test_a_store_that_fails_keeps_nobody_from_learning(alice: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise StoreFailed

    monkeypatch.setattr(alice.store, 'keep_quirks', fail)
    assert (await alice.live(AnsweringFrame(alice.frame, 'login_required')).renew()).renewals == 1
    assert alice.oidc.quirks == Quirks(wants_hint=True)


async def test_a_renewal_does_not_unlearn_what_a_sign_in_has_taught_meanwhile(alice: SignedIn) -> None:
    oidc, refusal = alice.oidc, ClientRefused(code='invalid_request')
    request = await oidc.sign_in_request('https://app/callback', 'select_account')

    class Meanwhile(AnsweringFrame):
        async def authorize(self, url: str) -> AuthorizationResponse:
            oidc.learn(oidc.quirks_after_refusal(request, refusal))
            return await super().authorize(url)

    await alice.live(Meanwhile(alice.frame, 'login_required')).renew()
    assert oidc.quirks == Quirks(wants_hint=True, refuses_select_account=True)


async def granted_later(alice: SignedIn, scope: str = 'offline read:messages') -> SignedIn:
    """Alice, who was granted this later, beyond what every sign-in asks for."""
    session = alice.session.changed(more_scope=scope, params={'organization': 'org_1'})
    await alice.store.replace(alice.session, session)
    return replace(alice, session=session)


async def test_what_was_granted_later_is_asked_for_at_each_renewal(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame)
    live = (await granted_later(alice, 'read:messages')).live(frame)
    await live.renew()
    asked = query(frame.urls[0])
    assert (asked['scope'], asked['organization']) == ('openid profile email read:messages', 'org_1')
    assert (live.session.more_scope, 'read:messages' in live.session.granted) == ('read:messages', True)


@pytest.mark.parametrize('code', ['consent_required', 'invalid_scope', 'access_denied'])
async def test_what_was_granted_later_and_taken_back_costs_nothing_else(alice: SignedIn, code: str) -> None:
    frame = AnsweringFrame(alice.frame, code)
    live = (await granted_later(alice, 'read:messages')).live(frame)
    await live.renew()
    await live.renew()
    plain = 'openid profile email'
    assert [query(url)['scope'] for url in frame.urls] == [f'{plain} read:messages', plain, plain]
    assert (live.session.more_scope, live.session.renewals, live.phase) == ('', 2, 'active')


async def test_a_frame_that_gives_no_answer_takes_nothing_back(alice: SignedIn) -> None:
    frame = AnsweringFrame(alice.frame, 'login_required', 'login_required')
    live = (await granted_later(alice, 'read:messages')).live(frame)
    with pytest.raises(InteractionRequired):
        await live.renew()
    assert live.session.more_scope == 'read:messages'


async def test_a_provider_that_refuses_the_fragment_when_it_is_pushed_is_asked_for_the_query(
    alice: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 9126 §2.3: the server is told, and not the browser."""
    asked: list[bool] = []
    unpatched = alice.oidc.silent_request

    async def pushed(redirect_uri: str, id_token: str | None, quirks: Quirks, **options: Any) -> AuthorizationRequest:
        asked.append(quirks.refuses_fragment)
        if not quirks.refuses_fragment:
            raise ClientRefused('response_mode is not supported', code='invalid_request')
        return await unpatched(redirect_uri, id_token, quirks, **options)

    monkeypatch.setattr(alice.oidc, 'silent_request', pushed)
    assert (await alice.live().renew()).renewals == 1
    assert asked == [False, True]
    assert alice.oidc.quirks.refuses_fragment
