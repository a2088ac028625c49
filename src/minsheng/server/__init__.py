"""What runs on the machine beside the program: the private PostgreSQL, the supervisor, the secrets file. No Django, nothing of the rest of Minsheng."""
