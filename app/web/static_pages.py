"""The pages in `static/`: each with a script of its own, the look that they share, and nothing else."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.responses import Response

from ..texts import texts

TEXT = re.compile(r'\[\[(\w+)]]')  # in a page: the key of what it says
SILENT = 'silent.html'  # where the provider's answer lands inside the silent frame
LOG_IN = 'log-in.html'  # on the way to the provider: tells `/login` the fragment of the page's address
GO_BACK = 'go-back.html'  # where a sign-in ends that another page waits for: in a window of its own, or elsewhere
HEAD = (
    'head.html'  # what the heads of the others share; it is put into them, whose policy allows nothing from elsewhere
)
END_SESSION = 'end-session.html'  # from where a browser ends the provider's session, if by POST


def static_folder() -> Path:
    """Where these pages lie: in the package that a wheel makes, else beside it, as in the repository."""
    package = Path(__file__).parent.parent
    return next(path for path in (package / 'static', package.parent / 'static') if path.is_dir())


def static_page(name: str, prefix: str = '') -> Response:
    """The page, with a policy that lets it run its own script and nothing else; `prefix` is the setting."""
    home = '../' * prefix.count('/') or './'
    return _page(_text(name).replace('{home}', home), "'none'")


def form_page(name: str, action: str, fields: Mapping[str, str]) -> Response:
    """The page, whose form posts the fields to `action` by itself; where that redirects to has to be https, or ours."""
    inputs = (f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items())
    text = _text(name).replace('{action}', escape(action)).replace('{fields}', ''.join(inputs))
    url = urlsplit(action)
    return _page(text, f"'self' https: {url.scheme}://{url.netloc}")


def _text(name: str) -> str:
    folder = static_folder()
    page, head = ((folder / file).read_text(encoding='utf-8') for file in (name, HEAD))
    return TEXT.sub(lambda found: _said(found[1]), page.replace('{head}', head.strip()))


def _said(key: str) -> str:
    return texts.present_language if key == 'language' else escape(texts[key])


def _page(html: str, form_action: str) -> Response:
    policy = (
        f"default-src 'none'; script-src {_hash(html, 'script')}; style-src {_hash(html, 'style')}; "
        f"base-uri 'none'; form-action {form_action}; frame-ancestors 'self'"
    )
    headers = {'Content-Security-Policy': policy, 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer'}
    return Response(html, media_type='text/html', headers=headers)


def _hash(html: str, tag: str) -> str:
    """The CSP source of the one inline element with this tag (CSP Level 3 §2.3.1)."""
    (content,) = re.findall(f'<{tag}>(.*?)</{tag}>', html, re.DOTALL)
    return f"'sha256-{base64.b64encode(sha256(content.encode()).digest()).decode()}'"
