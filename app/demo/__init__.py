"""A provider and an API that stand in until OIDC_ISSUER is set: real OpenID Connect, two people, no passwords.

It is reached over HTTP like any other, by `Demo`, which is mounted into the app; no other room looks into it.
It uses Authlib's server framework, Starlette, and of this app `oidc` (for a provider's keys), `settings` and below.
"""
