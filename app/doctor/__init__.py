"""Checks a configuration, and says what is wrong and where to mend it.

It may use the protocol (app/oidc), the demo provider and the settings; it knows no session, no route and no page, and
doesn't load NiceGUI. It changes nothing, here or at the provider.
"""
