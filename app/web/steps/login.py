"""The step that sends a browser to the provider."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...errors import AddressTooLong
from ...oidc.provider_client import ProviderClient
from ...sessions.pending_authorization import AUTHORIZATION_LIFETIME, AuthorizationKind, PendingAuthorization
from ..browser import browser_of
from ..host_names import OtherAddresses, redirect, redirect_to_step, redirect_within
from ..identity import Identity, identify_visitor
from ..links import CHOICE_PATH, ELSEWHERE_PATH, SIGNED_IN_PATH
from ..return_to import return_path
from ..static_pages import LOG_IN, static_page
from ..wishes.asked import Asked, asked_of


class Login:
    """The endpoint `GET /login`."""

    def __init__(self, app_context: AppContext) -> None:
        self._app = app_context
        self._others = OtherAddresses()

    async def answer(self, request: Request) -> Response:
        """Send the browser to the provider; the native window to the page that leaves this to the system's browser.

        Before that a page of ours looks for a fragment, which only the browser knows, and which the provider's pages
        would lose. Raises `AnotherAddress` where the callback would not know the browser again, and `AddressTooLong`.
        """
        app_context, settings = self._app, self._app.settings
        asked, browser = asked_of(app_context, request.query_params), browser_of(request)
        browser.prompt, browser.asked = asked.prompt, asked.query  # for the error page
        if request.query_params.get('code') == AddressTooLong.code:
            raise AddressTooLong
        if self._others.seen(request, settings.base_url):
            browser.return_to = self._return_to(request)  # for the error page
            if (answer := self._others.answer(request, settings)) is not None:
                return answer
        who = await identify_visitor(request, app_context)
        who.browser.return_to = '/'
        return_to = who.browser.return_to = self._return_to(request)
        is_popup = return_to == settings.step_path(SIGNED_IN_PATH)
        if not is_popup and _may_have_a_fragment(request):
            return static_page(LOG_IN)
        if (provider := self._provider(request, who, asked)) is None:
            return redirect_to_step(settings, f'{CHOICE_PATH}?{request.url.query}')
        who.browser.provider = provider.name
        if app_context.outside(who.window_key):
            return redirect_within(settings, f'{ELSEWHERE_PATH}?{_with(request, provider)}')
        authorization = await provider.sign_in_request(
            provider.registration.callback_uri,
            who.prompt(asked.prompt, settings.login_after_limit),
            asked.at(provider, who, app_context),
        )
        expires_at = app_context.clock.now() + AUTHORIZATION_LIFETIME
        kind: AuthorizationKind = 'popup' if is_popup else 'interactive'
        await app_context.store.begin_authorization(
            PendingAuthorization(
                authorization,
                return_to,
                who.browser.id,
                expires_at,
                kind,
                provider=provider.name,
                asked=asked.query,
                subject=asked.subject(provider, who, app_context),
            )
        )
        return redirect(authorization.url)

    def _return_to(self, request: Request) -> str:
        settings = self._app.settings
        return return_path(request.query_params, settings.prefix, settings.base_url)

    def _provider(self, request: Request, who: Identity, asked: Asked) -> ProviderClient | None:
        """The one that the link names, also by its issuer (OpenID Connect Core §4), or the only one; None if people
        choose.

        Who is signed in, or was until the session ended by itself, goes to the provider of that session, unless the
        link asks who they are.
        """
        providers, query = self._app.providers, request.query_params
        is_to_go_on = asked.prompt is None and not (who.ended and who.ended.stays)
        return (
            providers.named(asked.provider)
            or providers.by_issuer(query.get('iss'))
            or (providers.of(who.kept) if who.kept and is_to_go_on else None)
            or providers.only
        )


def _with(request: Request, provider: ProviderClient) -> str:
    """The query of the link, which names this provider, if that has a name."""
    asked = [(name, value) for name, value in parse_qsl(request.url.query) if name != 'provider']
    return urlencode([*asked, *([('provider', provider.name)] if provider.name else [])])


def _may_have_a_fragment(request: Request) -> bool:
    """Whether a person's page is being loaded (W3C Fetch Metadata §2), whose script has not told its fragment yet."""
    return request.headers.get('Sec-Fetch-Dest') == 'document' and 'fragment' not in request.query_params
