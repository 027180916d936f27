"""Several places to sign in at: `python several_providers.py`, then open http://localhost:8080 and choose one.

Both are demo providers, on this machine only, since they have no issuer. Real ones can stand in the environment, and
`Auth()` alone is enough: `OIDC_PROVIDERS=company,partner`, `OIDC_COMPANY_ISSUER`, `OIDC_COMPANY_CLIENT_ID`, ... At the
provider, register `/callback/company` and `/silent/company` as redirect URIs.
"""

from nicegui import ui
from stay_signed_in import Auth, Provider

auth = Auth(Provider(name='company', label='Example Company'), Provider(name='partner', label='A partner'))


@auth.page('/', optional=True)
def home() -> None:
    """Open to everybody: a button for each provider, and one that lets people choose."""
    user = auth.user
    ui.label(f'Hello {user.name} of {user.provider}' if user else 'Hello stranger')
    auth.login_button('Log in with the company', provider='company')
    auth.login_button('Log in')
    ui.link('For partners', '/partners')
    auth.logout_button()


@auth.page('/partners', check=lambda user: user.provider == 'partner')
def partners() -> None:
    """Only for those who sign in there; a visitor chooses first."""
    ui.label(f'Hello {auth.user.name}, partner')
    ui.label(f'You are {auth.user.sub} at {auth.user.issuer}')
    auth.logout_button()


ui.run()
