"""Which headers keep a page out of a frame of the app."""

from __future__ import annotations

import pytest

from app.doctor.frame import framing_blocker

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
        ([xfo('DENY')], 'X-UserAgent-Options: DENY'),
        ([xfo('deny')], 'X-UserAgent-Options: DENY'),
        ([xfo('SAMEORIGIN')], 'X-UserAgent-Options: SAMEORIGIN'),
        ([xfo('SAMEORIGIN, SAMEORIGIN')], 'X-UserAgent-Options: SAMEORIGIN'),
        ([xfo('SAMEORIGIN'), xfo('ALLOWALL')], 'X-UserAgent-Options: ALLOWALL, SAMEORIGIN'),
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
