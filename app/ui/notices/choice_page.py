"""The page that offers the providers to choose from, where there are several."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from ...app_context import AppContext
from ...oidc.provider_client import ProviderClient
from ...web.identity import identify
from ...web.links import LOGIN_PATH
from .notice import Notice
from .small_page import Frame, plain_frame, small_page
from .texts import texts

CSS = Path(__file__).parent / 'choice.css'
CHOSEN = frozenset({'provider', 'iss'})  # parameters that say where to sign in


@dataclass(frozen=True, slots=True)
class ChoicePage:
    """The endpoint `GET /login/choose`; each button is the link that led here, with the name of a provider."""

    app_context: AppContext
    frame: Frame = plain_frame

    async def answer(self, request: Request) -> Response:
        """A button for each provider; the one that this browser has signed in at last comes first, and is told apart.

        Raises `StoreFailed`.
        """
        kept = (await identify(request, self.app_context)).kept
        last = self.app_context.providers.of(kept) if kept is not None else None
        notice = Notice('login', texts['choose_title'], texts['choose_text'])
        return small_page(request, notice, frame=self.frame, build=lambda: self._ways(request, last))

    def _ways(self, request: Request, last: ProviderClient | None) -> None:
        ui.add_css(CSS)
        asked = [(name, value) for name, value in request.query_params.multi_items() if name not in CHOSEN]
        login = self.app_context.settings.step_url(LOGIN_PATH)
        with ui.element('ul').classes('ssi-choice'):
            for provider in sorted(self.app_context.providers, key=lambda provider: provider is not last):
                url = f'{login}?{urlencode([*asked, ("provider", provider.name)])}'
                with ui.element('li'):
                    self._way(provider, url, is_last=provider is last)

    def _way(self, provider: ProviderClient, url: str, *, is_last: bool) -> None:
        with ui.link(target=url).classes('ssi-chosen' if is_last else '') as link:
            link.props['data-provider'] = provider.name
            ui.label(provider.registration.title)
            if is_last:
                ui.label(texts['choose_last']).classes('ssi-last')
