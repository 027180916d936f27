"""Guarded pages, tested without a provider, a network or a browser: `pytest` in this folder."""

from nicegui.testing import User
from stay_signed_in.testing import signed_in, signed_out


async def test_an_admin_sees_the_page_of_admins(user: User) -> None:
    await signed_in(user, 'Alice', roles=['admin'])
    await user.open('/admin')
    await user.should_see('The page of admins')


async def test_others_are_told_what_they_lack(user: User) -> None:
    await signed_in(user, 'Bob', roles=['viewer'])
    answer = await user.http_client.get('/admin')
    assert answer.status_code == 403
    assert 'admin' in answer.text


async def test_visitors_sign_in_first(user: User) -> None:
    await signed_out(user)
    answer = await user.http_client.get('/')
    assert answer.headers['Location'].endswith('/login?return_to=%2F')


async def test_a_role_that_is_taken_away_is_noticed_while_the_page_is_open(user: User) -> None:
    alice = await signed_in(user, 'Alice', roles=['admin'])
    await user.open('/')
    await user.should_see('Controls for admins')
    await alice.renew(roles=[])
    await user.should_not_see('Controls for admins')


async def test_after_a_logout_elsewhere_nothing_of_the_person_is_left(user: User) -> None:
    alice = await signed_in(user, 'Alice')
    await user.open('/')
    await user.should_see('Hello Alice')
    await alice.log_out()
    await user.should_not_see('Hello Alice')
