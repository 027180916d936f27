"""What a visitor's page does by itself."""

from __future__ import annotations

import pytest

from tests.person import Person
from tests.provider import RecordingProvider

LOOKS_FOR_A_SESSION = '"data-testid":"checking"'


@pytest.fixture
def renewal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets RENEWAL; to be named before `app`."""
    monkeypatch.setenv('RENEWAL', request.param)


@pytest.mark.parametrize(
    ('renewal', 'is_framed'), [('iframe,refresh_token', True), ('refresh_token', False)], indirect=['renewal']
)
@pytest.mark.usefixtures('renewal', 'app')
async def test_a_frame_is_opened_for_a_visitor_only_where_a_frame_renews(
    provider: RecordingProvider, is_framed: bool
) -> None:
    page = await Person(provider).get('/')
    assert page.status_code == 200
    assert (LOOKS_FOR_A_SESSION in page.text) is is_framed
