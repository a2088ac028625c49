"""Django's PostgreSQL backend with a cheaper answer to "is this connection still alive?"."""
