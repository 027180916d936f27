"""An app of somebody else, and its tests: what `app.testing` is for. They say `PACKAGE` for the name that it has."""

from __future__ import annotations

PYTEST_INI = """
    [pytest]
    asyncio_mode = auto
    asyncio_default_fixture_loop_scope = function
    filterwarnings = error
    """

MAIN = """
    from nicegui import ui

    import club.pages

    ui.run(storage_secret='the secret of the host')
    """

SIGN_IN = """
    from PACKAGE import Auth
    from PACKAGE.errors import Denied

    auth = Auth(session_idle=600)
    told = []


    @auth.on_login
    async def login(person):
        told.append(('login', person.name, person.roles))
        if person.claims.get('blocked'):
            raise Denied('You are blocked.')
        return {'table': 7}


    @auth.on_renewal
    def renewal(person):
        told.append(('renewal', person.name, person.claims['table']))


    @auth.on_logout
    async def logout(person, reason):
        told.append(('logout', person.name, reason))
    """

PAGES = """
    from nicegui import ui

    from .sign_in import auth


    @ui.page('/')
    def home():
        ui.label(f'Hello {auth.user.name if auth.user else "stranger"}')


    @auth.page('/office', role='admin')
    def office():
        ui.label(f'The office of {auth.user.name}')
        ui.button('Sack', on_click=sack)
        line = ui.label()
        auth.on_change(lambda: line.set_text(f'roles: {sorted(auth.user.roles)}' if auth.user else 'nobody here'))


    @auth.require(role='admin')
    def sack():
        ui.notify(f'sacked by {auth.user.email}')


    @auth.page('/lobby', optional=True)
    def lobby():
        line = ui.label()
        auth.on_change(lambda: line.set_text(f'Welcome, {auth.user.name if auth.user else "stranger"}'))


    @auth.page('/house/{_:path}')
    def house():
        ui.sub_pages({'/house': lambda: ui.label('The hall'), '/house/cellar': cellar})


    @auth.require(role='cellarer')
    def cellar():
        ui.label('The wine')


    @auth.page('/clock')
    def clock():
        line = ui.label()
        ui.timer(0.01, lambda: line.set_text(f'tick for {auth.user.name}' if auth.user else 'tick for nobody'))

    """

CONFTEST = """
    import gc
    import socket

    import pytest

    asked = []


    def pytest_collection_finish():
        gc.freeze()  # NiceGUI's simulation collects garbage by the hundred


    @pytest.fixture(autouse=True)
    def offline(monkeypatch, caplog):
        asked.clear()
        monkeypatch.setattr(socket.socket, 'connect', lambda _, address: asked.append(address))
        monkeypatch.setattr(socket, 'getaddrinfo', lambda *args, **_: asked.append(args))
        yield
        assert not asked
        said = [record.getMessage() for phase in ('call', 'teardown') for record in caplog.get_records(phase)]
        assert not [message for message in said if 'tokens could not be revoked' in message]
    """

TESTS = """
    import importlib

    import pytest
    from nicegui import core
    from PACKAGE.errors import Denied, InteractionRequired, TokenExpired
    from PACKAGE.testing import signed_in, signed_out


    def auth():
        return importlib.import_module('club.sign_in').auth


    async def test_a_page_with_a_role_and_its_handler(user):
        alice = await signed_in(user, 'Alice', roles=['admin'])
        await user.open('/office')
        await user.should_see('The office of Alice')
        user.find('Sack').click()
        await user.should_see('sacked by alice@example.com')
        await alice.renew(roles=['guest'])
        await user.should_see("roles: ['guest']")
        user.notify.messages.clear()
        user.find('Sack').click()
        await user.should_see('This needs the role admin.')
        assert not user.notify.contains('sacked by')


    async def test_who_has_not_the_role_is_told_and_a_visitor_signs_in(user):
        await user.open('/')
        await user.should_see('Hello stranger')
        await signed_in(user, 'Bob')
        refused = await user.http_client.get('/office')
        assert refused.status_code == 403
        assert 'the role admin' in refused.text
        await user.open('/')
        await user.should_see('Hello Bob')
        await signed_out(user)
        sent = await user.http_client.get('/office')
        assert sent.status_code == 303
        assert '/login?return_to=%2Foffice' in sent.headers['Location']
        await user.open('/')
        await user.should_see('Hello stranger')


    async def test_a_part_of_a_page_that_needs_a_role(user):
        alice = await signed_in(user, roles=['cellarer'])
        await user.open('/house/cellar')
        await user.should_see('The wine')
        await alice.renew(roles=[])
        await user.should_see('You may not see this page')
        await user.should_not_see('The wine')
        await alice.renew(roles=['cellarer'])
        await user.should_see('The wine')


    async def test_a_timer_and_a_logout_elsewhere(user):
        alice = await signed_in(user)
        await user.open('/clock')
        await user.should_see('tick for Alice')
        await alice.log_out()
        await user.should_not_see('tick for')
        gone = await user.http_client.get('/clock')
        assert gone.status_code == 401
        with pytest.raises(RuntimeError, match='Alice is not signed in any more'):
            await alice.renew()


    async def test_a_session_that_needs_a_sign_in(user):
        alice = await signed_in(user, roles=['admin'])
        await user.open('/office')
        with user:
            assert await auth().user.access_token()
        await alice.expire()
        with user:
            assert auth().user.state == 'sign-in-needed'
            with pytest.raises(InteractionRequired):
                await auth().user.access_token()


    async def test_what_is_known_of_somebody(user):
        await signed_in(user, 'Ada King', claims={'sub': '42', 'locale': 'en'}, scopes='read write', roles=['a', 'b'])
        await user.open('/clock')
        with user:
            ada = auth().user
            assert (ada.name, ada.email, ada.sub) == ('Ada King', 'ada.king@example.com', '42')
            assert (ada.roles, ada.scopes) == ({'a', 'b'}, {'read', 'write'})
            assert (ada.claims['locale'], ada.expires_at, ada.state) == ('en', None, 'active')
            assert ada.issuer == auth().context.settings.issuer


    async def test_a_renewal_changes_what_is_said_and_nothing_else(user):
        ada = await signed_in(user, 'Ada', email='ada@club.example', scopes='read', roles='a', claims={'locale': 'en'})
        await user.open('/clock')
        with user:
            token = await auth().user.access_token()
            await ada.renew(name='Ada King', scopes=['read', 'write'], claims={'zone': 'UTC'})
            now = auth().user
            assert (now.name, now.sub, now.email) == ('Ada King', 'ada', 'ada@club.example')
            assert (now.roles, now.scopes) == ({'a'}, {'read', 'write'})
            assert (now.claims['locale'], now.claims['zone']) == ('en', 'UTC')
            assert await now.access_token() != token
            await ada.renew(email='king@club.example')
            assert auth().user.email == 'king@club.example'


    async def test_each_user_is_a_browser_of_its_own(user, create_user):
        other = create_user()
        await signed_in(user, 'Alice')
        await signed_in(other, 'Bob')
        await user.open('/')
        await user.should_see('Hello Alice')
        await other.open('/')
        await other.should_see('Hello Bob')


    async def test_somebody_else_signs_in_in_the_same_browser(user):
        alice = await signed_in(user, 'Alice')
        await user.open('/clock')
        await user.should_see('tick for Alice')
        await signed_in(user, 'Bob')
        await user.should_not_see('tick for')
        with pytest.raises(RuntimeError, match='Alice is not signed in any more'):
            await alice.renew()
        await user.open('/clock')
        await user.should_see('tick for Bob')


    async def test_the_same_person_signs_in_again(user):
        await signed_in(user, 'Alice', roles=['admin'])
        await user.open('/office')
        await signed_in(user, 'Alice', roles=['admin', 'boss'])
        await user.should_see("roles: ['admin', 'boss']")


    async def test_the_open_page_of_a_visitor_is_told(user):
        await user.open('/lobby')
        await user.should_see('Welcome, stranger')
        await signed_in(user, 'Alice')
        await user.should_see('Welcome, Alice')


    async def test_the_provider_is_not_there(user, caplog):
        await signed_out(user)
        assert (await user.http_client.get('/login')).status_code >= 500
        assert 'a test asks nobody on the network' in caplog.text


    async def test_an_idle_limit(user, auth_clock):
        await signed_in(user)
        await user.open('/clock')
        await user.should_see('tick for Alice')
        auth_clock.move(601)
        await user.should_see('tick for nobody')
        assert (await user.http_client.get('/clock')).status_code == 401


    async def test_a_token_that_expires(user, auth_clock):
        await signed_in(user, expires_in=300)
        await user.open('/clock')
        with user:
            first = await auth().user.access_token()
            auth_clock.move(299)
            assert await auth().user.access_token() == first
            auth_clock.move(2)
            with pytest.raises(TokenExpired):
                await auth().user.access_token()


    async def test_the_hooks_of_the_app_are_called(user):
        told = importlib.import_module('club.sign_in').told
        hooks = auth().context.hooks
        alice = await signed_in(user, 'Alice', roles=['admin'])
        await user.open('/clock')
        with user:
            assert auth().user.claims['table'] == 7
        await alice.renew(roles=[])
        await alice.log_out()
        await hooks.close()
        assert told == [('login', 'Alice', {'admin'}), ('renewal', 'Alice', 7), ('logout', 'Alice', 'session_ended')]
        with pytest.raises(Denied, match='You are blocked.'):
            await signed_in(user, 'Bob', claims={'blocked': True})
        assert (await user.http_client.get('/clock')).status_code == 401  # it is still Alice who was logged out
        await signed_in(user, 'Carol')
        await signed_in(user, 'Dave')
        await hooks.close()
        assert told[-2:] == [('login', 'Dave', frozenset()), ('logout', 'Carol', 'another_user')]


    async def test_it_is_a_fixture_too(user, signed_in, signed_out):
        await signed_in(user, 'Carol')
        await user.open('/')
        await user.should_see('Hello Carol')
        await signed_out(user)
        await user.open('/')
        await user.should_see('Hello stranger')


    @pytest.mark.parametrize('_', range(3))
    async def test_nothing_piles_up(_, user):
        names = [middleware.cls.__name__ for middleware in core.app.user_middleware]
        assert names.count('SignIn') == 1
        handlers = [*core.app._connect_handlers, *core.app._shutdown_handlers]
        assert len(handlers) == 4  # ours, and as many of NiceGUI's
        await signed_in(user)
        await user.open('/')
        await user.should_see('Hello Alice')


    def test_a_test_without_an_app():
        assert not core.app.is_started
    """
