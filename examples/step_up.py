"""Pages and buttons that want a recent sign-in, and more scopes later: `python step_up.py`, then open localhost:8080.

The demo provider asks once more whenever the sign-in is older than a page wants. A real one can also be asked for a
stronger way to sign in: `acr='...'`, with a value that it knows.
"""

from nicegui import ui
from stay_signed_in import Auth

auth = Auth(oidc_scope='openid profile email')


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    ui.input('To whom')
    ui.button('Pay', on_click=pay)
    ui.button('Read the messages', on_click=read)
    ui.link('The safe', '/safe')
    auth.logout_button()


@auth.require(max_age=20)
def pay() -> None:
    """Twenty seconds after the sign-in it offers another one, in a window: what was typed stays."""
    ui.notify('Paid')


@auth.require(scope='read:messages')
def read() -> None:
    """Nobody is asked for this scope until they want it; what is granted then is kept from there on."""
    ui.notify('No messages')


@auth.page('/safe', max_age=0)
def safe() -> None:
    """Whoever opens this shows who they are, each time."""
    ui.label('What is in the safe')
    auth.logout_button()


ui.run()
