"""How sensitive values are shown by default."""


def mask_identity(value: str) -> str:
    """110101********1234; anything but 18 characters keeps only its last four."""
    return f"{value[:6]}********{value[-4:]}" if len(value) == 18 else mask_account(value)


def mask_mobile(value: str) -> str:
    """138****0000."""
    return f"{value[:3]}****{value[-4:]}" if len(value) == 11 else mask_account(value)


def mask_account(value: str) -> str:
    """****1234; four characters or fewer are hidden altogether."""
    return f"****{value[-4:]}" if len(value) > 4 else "****"


def mask_email(value: str) -> str:
    """l***@example.cn."""
    name, at, host = value.partition("@")
    return f"{name[:1]}***@{host}" if at else "****"


def mask_all(value: str) -> str:
    """****: the length is hidden too."""
    return "****"
