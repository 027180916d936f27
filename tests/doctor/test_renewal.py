"""What renewal relies on: a frame that may show what the provider answers, the cookies in it, a refresh token."""

from __future__ import annotations

import pytest

from app.doctor.finding import Outcome
from app.doctor.renewal import framing_blocker, judge_refresh_token, judge_site, not_listed
from app.settings import RenewalMethod

PAGE, APP = 'https://login.example.com/authorize', 'https://app.example.com'


def csp(*sources: str) -> tuple[str, str]:
    return 'content-security-policy', f"default-src 'self'; frame-ancestors {' '.join(sources)}; img-src *"


def xfo(value: str) -> tuple[str, str]:
    return 'x-frame-options', value


@pytest.mark.parametrize(
    'headers',
    [
        [],
        [csp('*')],
        [csp('https:')],
        [csp('http:')],  # matches https too
        [csp('https://app.example.com')],
        [csp('HTTPS://APP.EXAMPLE.COM')],
        [csp('app.example.com')],
        [csp('https://app.example.com:443/any/path')],
        [csp('http://app.example.com')],
        [csp('http://app.example.com:80')],
        [csp('https://*.example.com')],
        [csp('*.example.com:*')],
        [csp("'self'", 'https://app.example.com')],
        [('content-security-policy', "default-src 'none'")],
        [('content-security-policy', f"frame-ancestors {APP}, default-src 'none'")],
        [('content-security-policy-report-only', "frame-ancestors 'none'")],
        [csp('https://app.example.com'), xfo('DENY')],  # the policy is what counts
        [xfo('ALLOW-FROM https://other.example.com')],  # no browser knows it any more
        [xfo('nonsense')],
    ],
)
def test_a_page_that_may_be_framed(headers: list[tuple[str, str]]) -> None:
    assert framing_blocker(headers, PAGE, APP) is None


@pytest.mark.parametrize(
    ('headers', 'named'),
    [
        ([xfo('DENY')], 'X-Frame-Options: DENY'),
        ([xfo('deny')], 'X-Frame-Options: DENY'),
        ([xfo('SAMEORIGIN')], 'X-Frame-Options: SAMEORIGIN'),
        ([xfo('SAMEORIGIN, SAMEORIGIN')], 'X-Frame-Options: SAMEORIGIN'),
        ([xfo('SAMEORIGIN'), xfo('ALLOWALL')], 'X-Frame-Options: ALLOWALL, SAMEORIGIN'),
        ([csp("'none'")], "frame-ancestors 'none'"),
        ([csp()], 'frame-ancestors'),
        ([csp("'self'")], "frame-ancestors 'self'"),
        ([csp('https://other.example.com')], 'other'),
        ([csp('https://app.example.com:8443')], '8443'),
        ([csp('https://*.app.example.com')], '*.app'),
        ([csp('*.ample.com')], '*.ample'),
        ([csp('*'), csp("'none'")], "'none'"),  # each policy has to allow it
        ([('content-security-policy', "frame-ancestors *, frame-ancestors 'none'")], "'none'"),
        ([('content-security-policy', "frame-ancestors 'none'; frame-ancestors *")], "'none'"),  # the first counts
    ],
)
def test_a_page_that_may_not_be_framed(headers: list[tuple[str, str]], named: str) -> None:
    blocker = framing_blocker(headers, PAGE, APP)
    assert blocker is not None
    assert named in blocker


@pytest.mark.parametrize('headers', [[xfo('SAMEORIGIN')], [csp("'self'")]])
def test_the_app_itself_may_frame_what_is_at_its_own_origin(headers: list[tuple[str, str]]) -> None:
    assert framing_blocker(headers, f'{APP}/demo/authorize', APP) is None


def test_ports_on_this_machine_count() -> None:
    page, app = 'http://localhost:9000/authorize', 'http://localhost:8080'
    assert framing_blocker([csp('http://localhost:8080')], page, app) is None
    assert framing_blocker([csp('localhost:*')], page, app) is None
    assert framing_blocker([csp('http://localhost')], page, app)
    assert framing_blocker([csp("'self'")], page, app)


BOTH: tuple[RenewalMethod, ...] = ('iframe', 'refresh_token')
FRAME: tuple[RenewalMethod, ...] = ('iframe',)
REFRESH: tuple[RenewalMethod, ...] = ('refresh_token',)


@pytest.mark.parametrize(
    ('is_same', 'ways', 'has_refresh', 'outcome'),
    [
        (True, BOTH, False, 'ok'),
        (False, BOTH, True, 'note'),
        (False, BOTH, False, 'problem'),
        (False, FRAME, False, 'problem'),
        (False, REFRESH, True, 'ok'),
        (False, REFRESH, False, 'ok'),
    ],
)
def test_another_site_is_a_problem_unless_something_else_renews(
    is_same: bool, ways: tuple[RenewalMethod, ...], has_refresh: bool, outcome: Outcome
) -> None:
    app, provider = 'https://app.example.com', 'https://login.example.net'
    finding = judge_site(app, provider, is_same=is_same, methods=ways, has_refresh=has_refresh)
    assert finding.outcome == outcome
    assert ('offline_access' in finding.advice) is (outcome == 'problem')


@pytest.mark.parametrize(
    ('ways', 'is_asked_for', 'lacks', 'outcome'),
    [
        (BOTH, False, [], 'ok'),
        (BOTH, True, [], 'ok'),
        (BOTH, True, ['scopes_supported has no offline_access'], 'warning'),
        (BOTH, False, ['scopes_supported has no offline_access'], 'ok'),
        (FRAME, True, [], 'note'),
        (FRAME, False, [], 'ok'),
        (REFRESH, True, [], 'ok'),
        (REFRESH, True, ['scopes_supported has no offline_access'], 'problem'),
        (REFRESH, False, [], 'warning'),
    ],
)
def test_a_refresh_token_is_weighed_against_the_ways_to_renew(
    ways: tuple[RenewalMethod, ...], is_asked_for: bool, lacks: list[str], outcome: Outcome
) -> None:
    assert judge_refresh_token(ways, is_asked_for=is_asked_for, lacks=lacks).outcome == outcome


def test_where_a_parameter_asks_for_the_refresh_token_the_scope_need_not_be_listed() -> None:
    document = {'scopes_supported': ['openid'], 'grant_types_supported': ['authorization_code', 'refresh_token']}
    assert not_listed(document, 'https://accounts.google.com') == []
    assert not_listed(document, 'https://op.example') == ['scopes_supported has no offline_access']
