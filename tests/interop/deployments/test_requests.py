"""Requests that are pushed, and answers that come as a form."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import ClientRefused
from app.oidc.metadata import Registration
from tests.interop.deployments.demanding import PLAIN, SCOPE, MakeApp, World

# Pushed authorization requests (RFC 9126)


@pytest.mark.parametrize('kind', ['secret', 'ec'])
async def test_requests_are_pushed_where_that_is_required(app_at: MakeApp, world: World, kind: str) -> None:
    registration = PLAIN if kind == 'secret' else Registration(kind, SCOPE, credential=world.key(kind))
    request = await app_at('par', registration).works()
    assert parse_qs(urlsplit(request.url).query).keys() == {'client_id', 'request_uri'}


async def test_requests_are_pushed_where_that_is_wanted(app_at: MakeApp) -> None:
    request = await app_at('plain', replace(PLAIN, par='always')).works()
    assert parse_qs(urlsplit(request.url).query).keys() == {'client_id', 'request_uri'}


async def test_a_request_that_is_not_pushed_is_refused(app_at: MakeApp) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('par', replace(PLAIN, par='never')).sign_in()
    assert refused.value.code == 'invalid_request'
    assert 'Pushed Authorization Request must be used' in refused.value.description


async def test_a_client_that_may_not_push_is_told_at_once(app_at: MakeApp) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('par', replace(PLAIN, client_secret='wrong')).sign_in()
    assert refused.value.code == 'invalid_client'


async def test_who_goes_back_to_a_request_that_was_used_is_told_by_the_provider_and_can_begin_anew(
    app_at: MakeApp,
) -> None:
    """It cannot send them back here: where to was in what it has forgotten."""
    app = app_at('par')
    request, _ = await app.sign_in()
    with pytest.raises(AssertionError, match='request_uri is invalid, expired, or was already used'):
        await app.browser.go(request.url)
    await app.sign_in()


# response_mode=form_post


async def test_an_answer_comes_as_a_form_where_that_is_asked_for(app_at: MakeApp) -> None:
    app = app_at('form-post', replace(PLAIN, response_mode='form_post'))
    request, grant = await app.sign_in()
    assert parse_qs(urlsplit(request.url).query)['response_mode'] == ['form_post']
    assert grant.claims['sub'] == 'alice'
    unchecked = await app.oidc.send_refresh_token(grant.tokens.refresh_token or '', scope=SCOPE)
    assert await app.oidc.check_refreshed(unchecked, id_token=grant.id_token, claims=grant.claims)


async def test_who_asks_for_no_form_where_one_is_demanded_is_refused(app_at: MakeApp) -> None:
    with pytest.raises(ClientRefused) as refused:
        await app_at('form-post').sign_in()
    assert refused.value.code == 'invalid_request'
