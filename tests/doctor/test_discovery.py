"""What the discovery document says."""

from __future__ import annotations

import pytest

from app.doctor.discovery import issuer_difference, judge_algorithms, judge_endpoints, judge_iss
from tests.oidc.documents import discovery

ISSUER = 'https://login.example.com/realms/main'


@pytest.mark.parametrize(
    ('named', 'says'),
    [
        (f'{ISSUER}/', 'a slash ends the document’s, but not OIDC_ISSUER'),
        ('http://login.example.com/realms/main', 'another scheme'),
        ('https://sso.example.com/realms/main', 'another host.'),
        ('https://login.example.com:8443/realms/main', 'another port'),
        ('https://login.example.com/realms/Main', 'capital letters'),
        ('https://login.example.com/realms/other', 'another path'),
        ('http://keycloak:8080/realms/main', 'another scheme (http or https) and another host and another port'),
        ('https://login.example.com:x/', 'no URL'),
        ('', 'another scheme'),
        (None, 'names no issuer'),
        (['x'], 'names no issuer'),
    ],
)
def test_it_says_in_what_two_issuers_differ(named: object, says: str) -> None:
    assert says in issuer_difference(ISSUER, named)


def test_a_slash_too_many_is_ours() -> None:
    assert 'a slash ends OIDC_ISSUER' in issuer_difference(f'{ISSUER}/', ISSUER)


def test_equal_issuers_do_not_differ() -> None:
    assert issuer_difference(ISSUER, ISSUER) == ''


@pytest.mark.parametrize('value', [None, '', 'not a URL', '/authorize', 'ftp://x', 'https://[', 7])
def test_an_endpoint_that_is_none_is_named(value: object) -> None:
    finding = judge_endpoints(discovery() | {'authorization_endpoint': value})
    assert finding.outcome == 'problem'
    assert 'authorization_endpoint' in finding.what


def test_a_provider_on_this_machine_needs_no_https() -> None:
    assert judge_endpoints(discovery('http://localhost:9000')).outcome == 'ok'


def test_all_that_is_wrong_with_the_endpoints_is_named_at_once() -> None:
    finding = judge_endpoints(discovery(token_endpoint=None, jwks_uri='http://x.example.com/jwks'))
    assert 'token_endpoint' in finding.what
    assert 'Not https: jwks_uri' in finding.what


def test_no_userinfo_endpoint_is_only_a_note() -> None:
    assert judge_endpoints(discovery(userinfo_endpoint=None)).outcome == 'note'


@pytest.mark.parametrize('url', ['http://localhost:9000/token', 'https://a:b/token', 'https://user@example.com/token'])
def test_an_endpoint_that_the_app_refuses_is_a_problem(url: str) -> None:
    finding = judge_endpoints(discovery(token_endpoint=url))
    assert finding.outcome == 'problem'
    assert 'token_endpoint' in finding.what


@pytest.mark.parametrize(
    ('listed', 'outcome'),
    [(None, 'ok'), (['RS256', 'none'], 'ok'), (['none'], 'problem'), (['HS256'], 'problem'), ([], 'problem')],
)
def test_id_tokens_have_to_be_signed_with_an_asymmetric_algorithm(listed: object, outcome: str) -> None:
    assert judge_algorithms({'id_token_signing_alg_values_supported': listed}).outcome == outcome


@pytest.mark.parametrize(
    ('iss', 'promised', 'outcome'),
    [
        (ISSUER, True, 'ok'),
        (ISSUER, False, 'ok'),
        (None, False, 'note'),
        (None, True, 'note'),
        ('https://evil.example', False, 'problem'),
        ('', False, 'problem'),
    ],
)
def test_the_answers_name_the_issuer(iss: str | None, promised: bool, outcome: str) -> None:
    assert judge_iss(iss, {ISSUER}, promised=promised).outcome == outcome
