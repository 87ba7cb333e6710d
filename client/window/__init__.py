"""The professor's window: show what the server says of a session, send what a person decides.

It computes nothing of the attendance and never waits in the thread that draws.
"""
