"""Where django-allauth's pages are: its accounts, and its provider."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path('accounts/', include('allauth.urls')), path('', include('allauth.idp.urls'))]
