"""What stands before an app, as pure ASGI middleware: it answers our own paths, and looks up who sends all others.

It uses the files of `app/web` beside it, and none of them uses it.
"""
