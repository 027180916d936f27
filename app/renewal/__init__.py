"""Keeping a session alive: when to renew, by which method, and once for all tabs.

`machine` decides, with `state`, `events`, `schedule` and `limits` beside it, all of them pure; `live_session` is the
shell around it, `registry` has all of them. This room may use the sessions and the protocol, and knows no NiceGUI.
"""
