"""Links of the app itself to a sign-in at one of several providers, which may have gone meanwhile."""

from __future__ import annotations

from app.app_context import AppContext
from app.oidc.wishes.wish import SignInWish
from app.web.wishes.signed import signed_query
from tests.person import place, query
from tests.provider import RecordingProvider
from tests.several.network import HOME, WORK
from tests.several.person import Traveller

WISH = SignInWish({'organization': 'org_1'}, acr=('gold',))


async def test_a_link_for_a_provider_that_has_gone_lets_people_choose_and_asks_nothing_of_another_one(
    person: Traveller, context: AppContext, home: RecordingProvider
) -> None:
    asked = signed_query(context, WISH, 'gone')
    assert place(await person.get('/login', return_to='/profile', **asked)).startswith('/login/choose?')
    chosen = await person.get('/login', return_to='/profile', provider=HOME, **asked)
    assert chosen.headers['Location'].startswith(f'{home.issuer}/authorize?')
    assert not {'organization', 'acr_values'} & query(chosen.headers['Location']).keys()


async def test_a_link_for_a_provider_that_is_there_goes_to_it_whatever_else_it_says(
    person: Traveller, context: AppContext, work: RecordingProvider
) -> None:
    asked = signed_query(context, WISH, WORK)
    login = await person.get('/login', return_to='/profile', provider=HOME, **asked)
    assert login.headers['Location'].startswith(f'{work.issuer}/authorize?')
    assert query(login.headers['Location'])['acr_values'] == 'gold'
