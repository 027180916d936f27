"""Plain HTTP: the routes of signing in and out, the browser's cookie, CSRF, host names, headers, static pages.

It works with the parts in `app_context` and knows nothing of NiceGUI; what people see is in `pages`.
"""
