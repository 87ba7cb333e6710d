"""What people write, whatever wrote it down: files' encodings, look-alike letters, Hangul as it is typed."""
