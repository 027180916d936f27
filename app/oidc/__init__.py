"""OpenID Connect: build each request, check each answer, and ask the provider within limits.

It knows no user interface, no cookies and no storage; of this app it uses `settings`, `errors` and `clock`.
Most of it is pure functions: only `http`, `provider_client`, `probe` and `endpoints` ask the network, by `httpx`.
"""
