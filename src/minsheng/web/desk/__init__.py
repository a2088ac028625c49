"""Pages for staff: sign in, queues, one case with every move that may be made."""
