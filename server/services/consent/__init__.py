"""Ask students for their consent, keep it, and let nothing happen without it."""
