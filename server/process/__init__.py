"""Keep the one process of `serve` answering: its duties, its signs of life, its log and its end."""
