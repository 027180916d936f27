"""The name that Apple's answer brings beside the code, once in the life of an account.

Apple puts no name into the ID token, and has no userinfo endpoint. With the first sign-in to an app, and never again,
the form that the browser posts has a field `user`: JSON with first name, last name and email address. So:

- The browser has sent it, and nobody has signed it: whoever sits there can write what they like. It is used for names
  alone, which nothing may be decided by; never for `sub` or `email`, which the ID token has. Names are cut to what a
  name needs, and lose what cannot be printed.
- The POST has no cookie and no store to keep it in, and the redirect that answers it is a URL, which ends up in
  histories and logs. So it goes along encrypted, for a minute, and bound to the `state` of this one answer.
- It counts for Apple's issuer alone: at every other provider it would be a way to give oneself another name.
- A claim of the ID token comes first, and one of userinfo too.

It stays with the session. With the next sign-in it is gone: who wants to keep it does so in `on_login`.

It uses the files of `app/web` beside it; the routes and `http_methods` use it.
"""
