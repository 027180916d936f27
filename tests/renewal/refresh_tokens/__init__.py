"""No used refresh token is ever sent twice, whatever fails between its answer and the store."""
