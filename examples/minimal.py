"""Sign-in in three lines: `python minimal.py`, then open http://localhost:8080 and be Alice or Bob.

Without an issuer (`OIDC_ISSUER`) the demo provider asks who one is, on this machine only.
"""

from nicegui import ui
from stay_signed_in import Auth

auth = Auth()


@auth.page('/')
def home() -> None:
    ui.label(f'Hello {auth.user.name}')
    auth.logout_button()


ui.run()
