"""What stands in a NiceGUI page, and what a page works with.

A page's context, its guards, the tab with its timer and its silent frame, the form that logs out. This room may use
all rooms below it; it decides nothing about a session, but tells it what has happened and shows how it is.
"""
