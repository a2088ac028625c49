"""民声 Minsheng: one engine on which a city hears its people; each city is a file of rules."""

__version__ = "0.1.0"
