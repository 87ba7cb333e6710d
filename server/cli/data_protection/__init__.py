"""The commands for consent, erasure and what the law asks to be shown."""
