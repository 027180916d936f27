"""Whole examinations: all well, broken in one way, broken in many at once."""

from __future__ import annotations

from base64 import b64encode

import httpx
import pytest

from app.doctor.checks import CHECKS
from tests.doctor.configurable_provider import CLIENT_ID, SECRET, ConfigurableProvider, page
from tests.doctor.conftest import Examine, problems
from tests.doctor.faults import (
    OFFLINE,
    PROBLEMS,
    WARNINGS,
    Fault,
    answers,
    document,
    frames_a_page,
    refuses,
    unregistered,
)
from tests.oidc.scripted_provider import DISCOVERY

ELSEWHERE = {'BASE_URL': 'http://localhost:8080', 'NATIVE': '1', 'NATIVE_LOGIN': 'browser'}


def named(fault: Fault) -> str:
    return fault.name


async def test_a_good_configuration_is_found_well(examined: Examine) -> None:
    found = await examined()
    assert list(found) == [check.name for check in CHECKS]
    assert not {name: finding for name, finding in found.items() if finding.outcome != 'ok'}


@pytest.mark.parametrize('fault', PROBLEMS, ids=named)
async def test_each_thing_that_is_wrong_is_named_and_nothing_else_is(
    op: ConfigurableProvider, examined: Examine, fault: Fault
) -> None:
    fault.provider(op)
    if fault.name == 'cross-site':
        op.redirect_uris = {f'https://app.example.net/{name}' for name in ('callback', 'silent')}
        op.post_logout_uris = {'https://app.example.net/'}
    found = await examined(**fault.settings)
    assert problems(found) == {fault.check}
    assert fault.says in found[fault.check].what
    assert found[fault.check].advice


@pytest.mark.parametrize('fault', WARNINGS, ids=named)
async def test_what_could_be_better_is_a_warning(op: ConfigurableProvider, examined: Examine, fault: Fault) -> None:
    fault.provider(op)
    found = await examined(**fault.settings)
    assert {name for name, finding in found.items() if finding.outcome in {'warning', 'problem'}} == {fault.check}
    assert found[fault.check].outcome == 'warning'
    assert fault.says in found[fault.check].what


async def test_one_examination_names_everything_that_is_wrong_at_once(
    op: ConfigurableProvider, examined: Examine
) -> None:
    at_once = {
        'short key',
        'folder',
        'slash',
        'HS256',
        'encryption keys',
        'clock',
        'secret',
        'callback',
        'silent',
        'open endpoint',
        'authentication',
        'cross-site',
    }
    faults = [fault for fault in PROBLEMS if fault.name in at_once]
    settings: dict[str, str] = {}
    for fault in faults:
        fault.provider(op)
        settings |= fault.settings
    document(end_session_endpoint=None, code_challenge_methods_supported=['plain'])(op)
    found = await examined(**settings)
    assert len(faults) == len(at_once) > 8
    assert problems(found) == {fault.check for fault in faults}
    for fault in faults:
        assert fault.says.replace('example.com', 'example.net') in found[fault.check].what
    assert found['end_session'].outcome == found['pkce'].outcome == 'warning'


async def test_several_settings_that_make_no_sense_are_all_named(examined: Examine) -> None:
    found = await examined(CLOCK_SKEW='much', RENEWAL='magic', SECRET_KEY='', OIDC_CLIENT_SECRET='another')
    for name in ('CLOCK_SKEW', 'RENEWAL', 'SECRET_KEY'):
        assert f'{name}: ' in found['settings'].what
    assert problems(found) == {'settings', 'client'}


async def test_without_a_usable_issuer_nothing_is_asked(op: ConfigurableProvider, examined: Examine) -> None:
    found = await examined(OIDC_ISSUER='login.example.com', DATA_DIR='/proc/version/data')
    assert problems(found) == {'settings', 'data_dir'}
    asked = found.keys() - {'settings', 'data_dir', 'port', 'refresh_token'}
    assert {found[name].outcome for name in asked} == {'skipped'}
    assert not op.requests


@pytest.mark.parametrize(
    ('settings', 'complaint'),
    [
        ({'OIDC_ISSUER': ''}, 'OIDC_ISSUER: must be set when OIDC_CLIENT_ID is.'),
        ({'OIDC_ISSUER': '', 'OIDC_CLIENT_ID': ''}, 'OIDC_ISSUER: must be set when BASE_URL is public'),
        (
            {'AUTH0_DOMAIN': 'x.auth0.com'},
            'AUTH0_DOMAIN: cannot be set together with OIDC_ISSUER, which means the same.',
        ),
        ({'OIDC_ISSUER': '', 'AUTH0_DOMAIN': 'https://x', 'OIDC_CLIENT_ID': ''}, 'AUTH0_DOMAIN: must be a host name'),
    ],
)
async def test_no_setting_is_blamed_for_another(
    op: ConfigurableProvider, examined: Examine, settings: dict[str, str], complaint: str
) -> None:
    found = await examined(**settings)
    assert problems(found) == {'settings'}
    assert found['settings'].what.startswith(complaint)
    assert found['settings'].what.count(': ') == 1
    assert not op.requests


async def test_the_redirect_back_to_the_app_is_not_followed(op: ConfigurableProvider, examined: Examine) -> None:
    await examined()
    assert {request.url.host for request in op.requests} == {'login.example.com'}


async def test_no_secret_is_in_what_is_found(op: ConfigurableProvider, examined: Examine) -> None:
    document(token_endpoint_auth_methods_supported=['client_secret_post'])(op)

    def repeats_everything(request: httpx.Request) -> httpx.Response:
        said = request.content.decode()[-150:]
        return httpx.Response(400, json={'error': 'invalid_request', 'error_description': said})

    op.instead['/token'] = repeats_everything
    found = await examined()
    assert '***' in found['client'].what
    assert not [finding for finding in found.values() if SECRET in f'{finding.what}{finding.advice}']


async def test_the_secret_is_not_sent_where_others_can_read_it(op: ConfigurableProvider, examined: Examine) -> None:
    document(token_endpoint='http://login.example.com/token')(op)
    found = await examined()
    assert found['client'].outcome == 'skipped'
    assert '/token' not in {request.url.path for request in op.requests}


async def test_a_provider_that_answers_everything_alike_is_not_called_wrong(
    op: ConfigurableProvider, examined: Examine
) -> None:
    answers('/authorize', lambda: page('Log in'))(op)
    found = await examined()
    assert not problems(found)
    assert found['callback'].outcome == found['silent'].outcome == found['other_redirect_uris'].outcome == 'note'


async def test_a_page_in_the_place_of_an_answer_is_compared_with_that_for_an_unregistered_address(
    op: ConfigurableProvider, examined: Examine
) -> None:
    """A provider whose errors have status 200 and say nothing of the reason."""

    def authorize(request: httpx.Request) -> httpx.Response:
        answer = op.authorize(request)
        return answer if answer.is_redirect else page('Something went wrong')

    op.instead['/authorize'] = authorize
    unregistered('silent')(op)
    assert problems(await examined()) == {'silent'}


async def test_the_fragment_is_refused_with_an_error(op: ConfigurableProvider, examined: Examine) -> None:
    def authorize(request: httpx.Request) -> httpx.Response:
        params = dict(request.url.params)
        if params.pop('response_mode', None) == 'fragment':
            return op.back(params, 'invalid_request', 'response_mode')
        return op.authorize(request)

    op.instead['/authorize'] = authorize
    found = await examined()
    assert not problems(found)
    assert 'the app goes without' in found['response_mode'].what


async def test_the_fragment_is_refused_with_a_page(op: ConfigurableProvider, examined: Examine) -> None:
    def authorize(request: httpx.Request) -> httpx.Response:
        return page('No.', 400) if 'response_mode' in request.url.params else op.authorize(request)

    op.instead['/authorize'] = authorize
    found = await examined()
    assert found['silent'].outcome == 'ok'
    assert problems(found) == {'response_mode'}


async def test_a_discovery_document_elsewhere_is_read_all_the_same(op: ConfigurableProvider, examined: Examine) -> None:
    moved = f'/moved{DISCOVERY}'
    answers(DISCOVERY, lambda: httpx.Response(301, headers={'Location': moved}))(op)
    op.instead[moved] = lambda _: httpx.Response(200, json=op.discovery())
    found = await examined(OIDC_CLIENT_SECRET='another')
    assert problems(found) == {'discovery', 'client'}


async def test_nonsense_from_the_provider_ends_no_examination(op: ConfigurableProvider, examined: Examine) -> None:
    nonsense = dict.fromkeys(('scopes_supported', 'response_modes_supported', 'code_challenge_methods_supported'), 7)
    op.document |= nonsense | {'end_session_endpoint': 'http://[', 'jwks_uri': {'a': 1}, 'issuer': ['x']}
    op.instead['/token'] = lambda _: httpx.Response(400, text='[' * 100_000)
    found = await examined()
    assert list(found) == [check.name for check in CHECKS]
    assert problems(found) == {'issuer', 'endpoints'}


async def test_cookies_are_kept_while_the_provider_sends_on_and_no_longer(
    op: ConfigurableProvider, examined: Examine
) -> None:
    def authorize(request: httpx.Request) -> httpx.Response:
        if 'Cookie' in request.headers:
            return op.authorize(request)
        return httpx.Response(302, headers={'Location': str(request.url), 'Set-Cookie': 'seen=1'})

    op.instead['/authorize'] = authorize
    found = await examined()
    assert not problems(found)
    assert found['silent'].outcome == 'ok'
    sent = ['Cookie' in request.headers for request in op.requests if request.url.path == '/authorize']
    assert sent == [False, True] * (len(sent) // 2)


async def test_a_provider_that_sends_on_for_ever_is_left_alone(op: ConfigurableProvider, examined: Examine) -> None:
    op.instead['/authorize'] = lambda request: httpx.Response(302, headers={'Location': str(request.url)})
    found = await examined()
    assert found['callback'].outcome == 'warning'
    assert len(op.requests) < 60


async def test_an_endpoint_that_does_not_answer_is_not_waited_for_again(
    op: ConfigurableProvider, examined: Examine
) -> None:
    def authorize(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout('slow')

    op.instead['/authorize'] = authorize
    assert problems(await examined()) == {'callback', 'silent'}
    assert [request.url.path for request in op.requests].count('/authorize') == 1


async def test_clients_are_told_apart_from_strangers(op: ConfigurableProvider, examined: Examine) -> None:
    answers('/token', lambda: httpx.Response(400, json={'error': 'invalid_grant'}))(op)
    found = await examined()
    assert found['client'].outcome == 'note'


async def test_what_the_provider_says_is_quoted_without_control_characters(
    op: ConfigurableProvider, examined: Examine
) -> None:
    refuses('invalid_request', '\x1b[31m[red]<b>no')(op)
    found = await examined()
    assert '“invalid_request:  [31m[red]<b>no”' in found['request'].what


async def test_the_client_that_asks_is_the_configured_one(op: ConfigurableProvider, examined: Examine) -> None:
    await examined()
    assert CLIENT_ID in {request.url.params.get('client_id') for request in op.requests}


async def test_the_frame_is_no_matter_where_people_sign_in_in_another_browser(
    op: ConfigurableProvider, examined: Examine
) -> None:
    assert op.redirect_uris is not None
    op.redirect_uris = {'http://localhost:8080/callback', 'http://localhost:8080/'}
    found = await examined(**ELSEWHERE)
    assert found['silent'].outcome == 'ok'
    assert 'is not used: no silent frame is ever opened' in found['silent'].what
    assert [found[name].outcome for name in ('callback', 'framing', 'site', 'refresh_token')] == ['ok'] * 4


async def test_without_the_frame_as_a_way_to_renew_nothing_is_said_to_be_framed_or_answered_silently(
    op: ConfigurableProvider, examined: Examine
) -> None:
    frames_a_page(op)
    unregistered('silent')(op)
    found = await examined(RENEWAL='refresh_token', OIDC_SCOPE=OFFLINE)
    assert not problems(found)
    for name in ('silent', 'response_mode', 'framing'):
        assert found[name].outcome == 'ok'
        assert 'no silent frame is ever opened' in found[name].what


async def test_the_secret_goes_nowhere_on_the_word_of_a_foreign_document(
    op: ConfigurableProvider, examined: Examine
) -> None:
    """The app itself would not use it, and a mistyped issuer is what one runs the doctor for."""
    asked: list[httpx.Request] = []

    def steal(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(400, json={'error': 'invalid_grant'})

    op.document['issuer'] = 'https://login.example.org'
    op.instead['/token'] = steal
    found = await examined()
    assert found['client'].outcome == 'skipped'
    assert not asked


async def test_a_secret_that_is_echoed_in_a_header_is_told_to_nobody(
    op: ConfigurableProvider, examined: Examine
) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        told = request.headers.get('Authorization', 'nothing')
        return httpx.Response(401, json={'error': 'invalid_client', 'error_description': told})

    op.instead['/token'] = echo
    found = await examined()
    assert 'Basic' in found['client'].what
    assert b64encode(f'{CLIENT_ID}:{SECRET}'.encode()).decode() not in found['client'].what
