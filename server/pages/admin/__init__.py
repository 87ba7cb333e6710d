"""The pages of the administrator: accounts, devices, cameras, and where people are signed in."""
