"""What became of an authorization request."""

from __future__ import annotations

import pytest

from app.doctor.answer import LONGEST_PAGE, Answer, Kind, answer_of
from app.oidc.probe import Reply

URI, ENDPOINT = 'https://app.example.com/silent', 'https://login.example.com/authorize'


def reply(status: int = 200, text: str = '', location: str | None = None, url: str = ENDPOINT) -> Reply:
    headers = (('location', location),) if location is not None else ()
    return Reply(url, status, headers, text, 0, 0)


@pytest.mark.parametrize(
    ('last', 'kind', 'error'),
    [
        (reply(302, location=f'{URI}?error=login_required'), 'back', 'login_required'),
        (reply(303, location=f'{URI}#error=login_required'), 'back', 'login_required'),
        (reply(302, location=f'{URI}#code=x'), 'back', ''),
        (reply(302, location='https://app.example.com/?error=x'), 'elsewhere', ''),
        (reply(302, location=f'{URI}2?error=x'), 'elsewhere', ''),
        (reply(302, location='https://sso.example.net/'), 'elsewhere', ''),
        (reply(302, location='https://['), 'failed', ''),
        (reply(302), 'failed', ''),
        (reply(200, 'Log in'), 'page', ''),
        (reply(200, url=f'{ENDPOINT}/error?error=invalid_request'), 'refused', 'invalid_request'),
        (reply(400, 'No'), 'refused', ''),
        (reply(400, '{"error": "invalid_client"}'), 'refused', 'invalid_client'),
        (reply(400, '{"error": {"code": 7}}'), 'refused', ''),
        (reply(500), 'failed', ''),
    ],
)
def test_each_end_of_a_walk_has_its_kind(last: Reply, kind: Kind, error: str) -> None:
    answer = answer_of([reply(302, location=ENDPOINT), last], URI)
    assert (answer.kind, answer.error) == (kind, error)


@pytest.mark.parametrize(
    'text',
    [
        'The redirect_uri is not registered',
        '<p>Invalid redirect URI</p>',
        'Callback URL mismatch.',
        'error: redirect_mismatch',
        '{"error": "invalid_request", "error_description": "bad redirect_uri"}',
        'AADSTS50011: The reply address does not match',
    ],
)
def test_a_refusal_on_account_of_the_redirect_uri_is_known_by_its_words(text: str) -> None:
    assert answer_of([reply(400, text)], URI).names_redirect_uri


@pytest.mark.parametrize(
    'text',
    [
        'No such client',
        'Client not found.',
        'Unknown client: abc',
        'Error 401: invalid_client The OAuth client was not found.',
        'Invalid client_id parameter value.',
        '{"error": "invalid_client"}',
        'AADSTS700016: Application with identifier x was not found in the directory',
        'The client application is not registered',
    ],
)
def test_a_refusal_on_account_of_the_client_is_known_by_its_words(text: str) -> None:
    assert answer_of([reply(400, text)], URI).names_client
    assert answer_of([reply(200, text)], URI).names_client


@pytest.mark.parametrize('text', ['Log in', 'Mismatching redirect URI', 'Redirect URI x is not supported by client'])
def test_another_page_names_no_client(text: str) -> None:
    assert not answer_of([reply(200, text)], URI).names_client


@pytest.mark.parametrize(
    'text',
    [
        'No such client',
        '<form><input type="hidden" name="redirect_uri" value="x">Log in</form>',
        '<script>const redirect_uri = 1</script>Log in',
    ],
)
def test_what_nobody_reads_on_the_page_does_not_count(text: str) -> None:
    assert not answer_of([reply(400, text)], URI).names_redirect_uri


def test_what_changes_from_one_answer_to_the_next_does_not_make_them_different() -> None:
    one, other = (answer_of([reply(400, f'<title>Oops</title>trace {trace}')], URI) for trace in (1, 2))
    assert one.resembles(other)


@pytest.mark.parametrize(
    'other',
    [
        reply(403, '<title>Oops</title>'),
        reply(400, '<title>Log in</title>'),
        reply(400, '<title>Oops</title>', url='https://login.example.com/error'),
        reply(400, '<title>Oops</title>the redirect_uri is wrong'),
    ],
)
def test_a_status_a_title_an_address_or_a_reason_makes_them_different(other: Reply) -> None:
    assert not answer_of([reply(400, '<title>Oops</title>')], URI).resembles(answer_of([other], URI))


def test_only_the_beginning_of_an_endless_page_is_read() -> None:
    assert answer_of([reply(400, '<' * LONGEST_PAGE + 'redirect_uri')], URI).words == '<' * 1000


def test_entities_and_tags_are_not_in_what_it_says() -> None:
    assert answer_of([reply(400, '<h1>client&#39;s</h1><style>a{}</style>')], URI).said == "client's"


def test_an_answer_that_never_came_resembles_no_page() -> None:
    assert not Answer('unreachable').resembles(answer_of([reply()], URI))
