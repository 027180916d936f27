"""What comes next for the session, in a sentence."""

from __future__ import annotations

from app.ui.page_context import PageContext


def status_text(context: PageContext) -> str | None:
    """What is out of the ordinary; None if the access token is simply renewed before it expires."""
    if context.state == 'renewing':
        return 'It is being renewed right now.'
    if context.state == 'retrying':
        return 'That did not work. It is tried again by itself; you stay logged in.'
    if context.state == 'sign-in-needed':
        once_more = (
            ' It is tried once more when the token expires.'
            if context.tab and context.tab.live_session.next_attempt
            else ''
        )
        return f'It cannot be renewed without you: the line at the top says how to go on.{once_more}'
    if context.session and context.session.tokens.lifetime is None:
        return 'The provider does not say when this token expires, so it is not renewed by itself.'
    return None
