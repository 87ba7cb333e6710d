"""Speak HTTP: thin handlers over the same services that the wire reaches."""
