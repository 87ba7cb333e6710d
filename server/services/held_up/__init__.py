"""Photographs and screens that are held up before a camera: advice to look, from what the pictures of an hour show."""
