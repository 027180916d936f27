"""Sign-in that stays signed in: everything but what people see, which lives in `pages`."""
