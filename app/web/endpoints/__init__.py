"""Who calls an endpoint of the host's own, told by the session's cookie or by an access token, and who may.

FastAPI's dependencies stand in `dependencies`; the other files know nothing of it. It uses the files of `app/web`
beside it, and none of them uses it.
"""
