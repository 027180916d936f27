"""What an app does of its own when somebody signs in, is renewed, or is signed out: its hooks, and how they are called.

hook         | when                                        | one that fails, or takes too long
-------------+---------------------------------------------+-----------------------------------------------------------
`on_login`   | before the session is kept; may refuse      | nobody is signed in (`login_hook_failed`)
             | (`Denied`), may add claims                  |
`on_renewal` | behind each renewal that was done here      | the log says so
`on_logout`  | behind the end of a session, with the code  | the log says so
             | of the error that says why                  |

Behind means that nothing waits for it. Each end and each renewal is told in one process only: the one that wrote it
into the store.
"""
