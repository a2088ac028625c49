"""遮住: what a person knows of themselves, shown so that somebody who looks over the shoulder learns nothing."""


def phone(number: str) -> str:
    """138 **** 2046; of another number the last four digits."""
    digits = "".join(c for c in number if c.isdigit())
    return f"{digits[:3]} **** {digits[-4:]}" if len(digits) == 11 else f"**** {digits[-4:]}"


def mail(address: str) -> str:
    """li***@example.com."""
    name, at, domain = address.partition("@")
    return f"{name[: 2 if len(name) > 3 else 1]}***{at}{domain}"


def name(said: str) -> str:
    """李**: the first letter."""
    return f"{said[:1]}**" if said else ""
