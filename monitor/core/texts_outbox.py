"""What the pages of digests and deliveries say."""

OUTBOX_TEXTS: dict[str, tuple[str, str]] = {
    # key: (German, English)
}
