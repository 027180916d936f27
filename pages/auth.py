"""The sign-in of this app: one `Auth`, for all its pages."""

from __future__ import annotations

from app import Auth
from app.settings import load
from pages.standalone import standalone

auth = Auth(settings=load(), frame=standalone)
