"""A change that another site sends in a person's name is refused."""

import pytest

from tests.provider import APP_URL
from tests.renewal.conftest import SignedIn
from tests.web.endpoints.conftest import Host

CROSS_SITE = {'Sec-Fetch-Site': 'cross-site', 'Origin': 'https://evil.example'}


@pytest.mark.usefixtures('session')
@pytest.mark.parametrize('method', ['POST', 'PUT', 'PATCH', 'DELETE'])
@pytest.mark.parametrize(
    ('headers', 'status'),
    [
        pytest.param(CROSS_SITE, 403, id='another site'),
        pytest.param({'Sec-Fetch-Site': 'same-site', 'Origin': 'http://localhost:9999'}, 403, id='another port'),
        pytest.param({'Sec-Fetch-Site': 'none'}, 403, id='no page'),
        pytest.param({'Origin': 'https://evil.example'}, 403, id='an older browser'),
        pytest.param({'Origin': 'null'}, 403, id='an older browser, from a sandbox'),
        pytest.param({'Sec-Fetch-Site': 'same-origin', 'Origin': APP_URL}, 200, id='ours'),
        pytest.param({'Origin': APP_URL}, 200, id='ours, an older browser'),
        pytest.param({}, 200, id='no browser'),
    ],
)
async def test_a_change_has_to_come_from_a_page_of_ours(
    host: Host, who: str, method: str, headers: dict[str, str], status: int
) -> None:
    answer = await host.http.request(method, who, headers=headers)
    assert answer.status_code == status
    assert ('did not come from a page of this app' in answer.text) is (status == 403)


@pytest.mark.usefixtures('session')
async def test_another_site_may_lead_to_what_changes_nothing(host: Host, who: str) -> None:
    assert (await host.http.get(who, headers=CROSS_SITE)).status_code == 200


@pytest.mark.usefixtures('session')
async def test_a_change_with_a_token_cannot_be_forged_and_is_the_tokens(host: Host, who: str, alice: SignedIn) -> None:
    answer = await host.with_token(who, alice.session.tokens.access_token, 'POST', **CROSS_SITE)
    assert answer.json()['is_browser'] is False
    assert (await host.with_token(who, 'bad', 'POST', **CROSS_SITE)).status_code == 401


async def test_whoever_has_no_session_has_nothing_to_be_forged(host: Host, who: str) -> None:
    assert (await host.http.post(who, headers=CROSS_SITE)).json() is None
