"""The hooks of somebody's app, over HTTP: who is let in, what becomes of the session, and what the log says."""
