"""What becomes of `offline_access`, and of the refresh token that it brought, when a session is renewed by frame."""

from __future__ import annotations

import pytest

from app.oidc.offline_access import renewed_tokens, silent_scope
from app.oidc.tokens import check_token_response
from tests.oidc.documents import token_document


@pytest.mark.parametrize(
    ('scope', 'has_refresh_token', 'asked'),
    [
        ('openid offline_access email', False, 'openid offline_access email'),
        ('openid offline_access email', True, 'openid email'),
        ('openid email', True, 'openid email'),
        ('openid not_offline_access', True, 'openid not_offline_access'),
    ],
)
def test_offline_access_is_asked_for_until_there_is_a_refresh_token(
    scope: str, has_refresh_token: bool, asked: str
) -> None:
    assert silent_scope(scope, has_refresh_token=has_refresh_token) == asked


@pytest.mark.parametrize(
    ('requested', 'before', 'answered', 'scope', 'takes_new'),
    [
        pytest.param('a', 'a offline_access', None, 'a offline_access', False, id='not asked for, scope not said'),
        pytest.param('a', 'a offline_access', 'a', 'a offline_access', False, id='not asked for'),
        pytest.param('a offline_access', 'a offline_access', 'a', 'a offline_access', True, id='asked for, left out'),
        pytest.param('a offline_access', 'a offline_access', None, 'a offline_access', True, id='asked for'),
        pytest.param('a offline_access', 'a', None, 'a offline_access', True, id='asked for the first time'),
        pytest.param('a offline_access', 'a', 'a', 'a', True, id='never granted'),
        pytest.param('a', 'a', None, 'a', True, id='a provider that always gives one'),
        pytest.param('a b', 'a b offline_access', 'a', 'a offline_access', False, id='something else was lost'),
        pytest.param('a', 'a offline_access', 'a b', 'a b offline_access', False, id='something else was won'),
        pytest.param('a', '', None, 'a', True, id='a sign-in'),
        pytest.param('a offline_access', '', 'a', 'a', True, id='a sign-in that is granted less'),
    ],
)
def test_an_answer_without_offline_access_takes_nothing_back(
    requested: str, before: str, answered: str | None, scope: str, takes_new: bool
) -> None:
    for new in ('new', None):
        tokens = check_token_response(token_document(scope=answered, refresh_token=new), requested)
        renewed = renewed_tokens(tokens, requested, before)
        assert renewed.scope == scope
        assert renewed.refresh_token == (new if takes_new else None)
