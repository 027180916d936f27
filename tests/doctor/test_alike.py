"""Providers that answer alike to what is not alike: who is blamed then, and who is not."""

from __future__ import annotations

from base64 import b64decode
from urllib.parse import parse_qs

import httpx
import pytest

from tests.doctor.configurable_provider import CLIENT_ID, ConfigurableProvider, page
from tests.doctor.conftest import Examine, problems
from tests.doctor.faults import OFFLINE, answers, document, refuses

TO_ALL = httpx.Response(401, json={'error': 'invalid_client'})


def redeems_for_registered_addresses_only(op: ConfigurableProvider, refusal: httpx.Response) -> None:
    """The token endpoint answers a redirect URI that is not registered as it does an unknown client."""

    def token(request: httpx.Request) -> httpx.Response:
        uri = parse_qs(request.content.decode()).get('redirect_uri', [''])[0]
        answer = op.token(request)
        is_refused = answer.status_code == 401 or (uri and uri not in (op.redirect_uris or set()))
        return httpx.Response(refusal.status_code, content=refusal.content) if is_refused else answer

    op.instead['/token'] = token


def refuses_without_a_word(op: ConfigurableProvider) -> None:
    """The authorization endpoint says the same, whatever it refuses."""

    def authorize(request: httpx.Request) -> httpx.Response:
        answer = op.authorize(request)
        return answer if answer.is_redirect else page('That did not work.', 400)

    op.instead['/authorize'] = authorize


REFUSALS = [
    TO_ALL,
    httpx.Response(400, json={'error': 'unauthorized_client'}),
    httpx.Response(403, json={'error': 'unauthorized_client', 'error_description': 'Unknown client or address'}),
    httpx.Response(401, json={'error': 'unauthorized_client'}),
]


@pytest.mark.parametrize('refusal', REFUSALS)
@pytest.mark.parametrize('is_silent_known', [True, False])
async def test_an_address_that_is_not_registered_is_not_called_a_wrong_secret(
    op: ConfigurableProvider, examined: Examine, refusal: httpx.Response, is_silent_known: bool
) -> None:
    redeems_for_registered_addresses_only(op, refusal)
    op.redirect_uris = {'https://app.example.com/silent'} if is_silent_known else set()
    found = await examined()
    assert problems(found) == {'callback'} if is_silent_known else {'callback', 'silent'}
    assert found['client'].outcome == 'skipped'
    assert 'redirect URI' in found['client'].what


@pytest.mark.parametrize('refusal', REFUSALS)
async def test_a_provider_that_never_says_which_of_all_three_it_is_gets_no_secret_blamed(
    op: ConfigurableProvider, examined: Examine, refusal: httpx.Response
) -> None:
    redeems_for_registered_addresses_only(op, refusal)
    refuses_without_a_word(op)
    op.redirect_uris = set()
    found = await examined()
    assert problems(found) == {'callback', 'silent'}  # a refresh token shows that it knows the client
    assert found['client'].outcome in {'skipped', 'warning'}
    assert 'redirect URI' in found['client'].what


@pytest.mark.parametrize('refusal', REFUSALS)
async def test_the_healthy_client_of_such_a_provider_is_found_well(
    op: ConfigurableProvider, examined: Examine, refusal: httpx.Response
) -> None:
    redeems_for_registered_addresses_only(op, refusal)
    refuses_without_a_word(op)
    found = await examined(OIDC_SCOPE=OFFLINE)
    assert not {name: finding for name, finding in found.items() if finding.outcome != 'ok'}


async def test_a_client_that_only_the_authorization_endpoint_does_not_know_is_found(
    op: ConfigurableProvider, examined: Examine
) -> None:
    answers('/token', lambda: httpx.Response(400, json={'error': 'invalid_grant'}))(op)
    found = await examined(OIDC_CLIENT_ID='another')
    assert problems(found) == {'client'}
    assert 'There is no such client' in found['client'].what
    assert found['pkce'].outcome == 'note'
    assert found['pkce'].certainty == 'not tried'


@pytest.mark.parametrize('status', [200, 400])
async def test_an_unknown_client_is_found_by_the_words_of_a_page_whatever_its_status(
    op: ConfigurableProvider, examined: Examine, status: int
) -> None:
    def authorize(request: httpx.Request) -> httpx.Response:
        if request.url.params['client_id'] != CLIENT_ID:
            return page('Client not found.', status, X_Frame_Options='DENY')
        return op.authorize(request)

    op.instead['/authorize'] = authorize
    answers('/token', lambda: httpx.Response(400, json={'error': 'invalid_grant'}))(op)
    found = await examined(OIDC_CLIENT_ID='another')
    assert problems(found) == {'client'}
    assert found['framing'].outcome == 'skipped'


async def test_something_is_wrong_where_every_sign_in_is_refused_without_a_word(
    op: ConfigurableProvider, examined: Examine
) -> None:
    answers('/token', lambda: httpx.Response(400, json={'error': 'invalid_grant'}))(op)
    refuses_without_a_word(op)
    found = await examined(OIDC_CLIENT_ID='another')
    assert problems(found) == {'callback'}
    assert 'refuses a sign-in, as it does for a client that it does not know' in found['callback'].what
    assert 'OIDC_CLIENT_ID' in found['callback'].advice


async def test_a_provider_that_only_dislikes_to_be_asked_without_a_page_is_not_called_wrong(
    op: ConfigurableProvider, examined: Examine
) -> None:
    answers('/token', lambda: httpx.Response(400, json={'error': 'invalid_grant'}))(op)

    def authorize(request: httpx.Request) -> httpx.Response:
        return page('Not like that.', 400) if 'prompt' in request.url.params else page('Log in')

    op.instead['/authorize'] = authorize
    assert not problems(await examined())


@pytest.mark.parametrize('renewal', ['iframe,refresh_token', 'refresh_token'])
async def test_metadata_that_leave_refresh_tokens_out_are_no_fault_where_the_client_may_use_them(
    op: ConfigurableProvider, examined: Examine, renewal: str
) -> None:
    document(scopes_supported=['openid'], grant_types_supported=['authorization_code'])(op)
    found = await examined(RENEWAL=renewal, OIDC_SCOPE=OFFLINE)
    assert {name for name, finding in found.items() if finding.outcome in {'warning', 'problem'}} == set()
    assert (found['refresh_token'].outcome, found['refresh_token'].certainty) == ('note', 'likely')


async def test_nothing_is_ok_that_was_not_tried_and_nothing_a_problem_on_a_guess(
    op: ConfigurableProvider, examined: Examine
) -> None:
    answers('/authorize', lambda: page('Log in', X_Frame_Options='DENY'))(op)
    for settings in ({}, {'OIDC_CLIENT_ID': 'another'}, {'OIDC_SCOPE': OFFLINE}):
        for finding in (await examined(**settings)).values():
            assert finding.outcome not in {'ok', 'problem'} or finding.certainty == 'seen'
            assert finding.outcome != 'skipped' or finding.certainty == 'not tried'


async def test_a_secret_that_the_provider_never_looked_at_is_not_called_accepted(
    op: ConfigurableProvider, examined: Examine
) -> None:
    """It knows the client ID, and looks at the code before the secret."""

    def token(request: httpx.Request) -> httpx.Response:
        answer = op.token(request)
        is_ours = CLIENT_ID in b64decode(request.headers['Authorization'].removeprefix('Basic ')).decode()
        return httpx.Response(400, json={'error': 'invalid_grant'}) if is_ours else answer

    op.instead['/token'] = token
    for settings in ({}, {'OIDC_CLIENT_SECRET': 'another'}):
        found = await examined(**settings)
        assert not problems(found)
        assert (found['client'].outcome, found['client'].certainty) == ('note', 'not tried')


@pytest.mark.parametrize('status', [429, 500])
async def test_a_stranger_who_gets_no_clear_answer_proves_nothing(
    op: ConfigurableProvider, examined: Examine, status: int
) -> None:
    def token(request: httpx.Request) -> httpx.Response:
        answer = op.token(request)
        return httpx.Response(status) if answer.status_code == 401 else answer

    op.instead['/token'] = token
    assert (await examined())['client'].outcome == 'note'


async def test_a_scope_is_not_called_accepted_where_pkce_was_refused(
    op: ConfigurableProvider, examined: Examine
) -> None:
    refuses('invalid_request', 'code_challenge_method is not taken')(op)
    assert (await examined())['request'].outcome == 'skipped'


@pytest.mark.parametrize('status', [200, 400])
@pytest.mark.parametrize('is_token_endpoint_alike', [True, False])
async def test_a_client_that_the_token_endpoint_knows_is_not_called_unknown(
    op: ConfigurableProvider, examined: Examine, status: int, is_token_endpoint_alike: bool
) -> None:
    """Neither address is registered, which this provider calls an invalid client."""

    def authorize(request: httpx.Request) -> httpx.Response:
        answer = op.authorize(request)
        return answer if answer.is_redirect else page('invalid_client', status)

    op.instead['/authorize'] = authorize
    if is_token_endpoint_alike:
        redeems_for_registered_addresses_only(op, TO_ALL)
    op.redirect_uris = set()
    found = await examined()
    assert problems(found) == {'callback', 'silent'}
    assert 'is not registered' in found['callback'].what


async def test_words_that_everybody_reads_on_the_sign_in_page_name_no_client(
    op: ConfigurableProvider, examined: Examine
) -> None:
    def authorize(request: httpx.Request) -> httpx.Response:
        is_known = request.url.params['client_id'] == CLIENT_ID
        return page('Log in. An invalid client certificate is refused.') if is_known else page('No.', 400)

    op.instead['/authorize'] = authorize
    assert (await examined())['client'].outcome == 'ok'
    answers('/token', lambda: httpx.Response(400, json={'error': 'invalid_grant'}))(op)
    assert not problems(await examined())
