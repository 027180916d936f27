"""A provider that stands in until OIDC_ISSUER is set: real OpenID Connect, two people, no passwords."""
