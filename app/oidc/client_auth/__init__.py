"""How this app shows the provider which client it is, wherever it asks in its own name (OpenID Connect Core §9).

| the registration has    | it is                                       | and sends                                |
|-------------------------|---------------------------------------------|------------------------------------------|
| nothing                 | `none`, a public client with PKCE           | `client_id`                              |
| a secret, or its source | `client_secret_basic`, `client_secret_post` | the secret, as the endpoint takes it     |
| `AppleSecret`           | `client_secret_post`                        | a JWT as secret, made anew each time     |
| `PrivateKeyJwt`         | `private_key_jwt` (RFC 7523 §2.2)           | `client_id`, a JWT for this request      |
| `MutualTls`             | `tls_client_auth` (RFC 8705 §2)             | `client_id`; its connection has the rest |

Two steps: `ready` gets what has to be asked for or dated, and waits; `authenticated_request` is pure but for the random
`jti`. It is the same at the token, the revocation and the pushed authorization request endpoint.
"""
