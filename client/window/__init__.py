"""The professor's window, in Qt: what the server says of a session is shown, what a person decides is sent.

It computes nothing of the attendance and never waits for network, camera or disk in the thread that draws.
"""
