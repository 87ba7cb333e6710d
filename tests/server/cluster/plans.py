"""A cluster of every kind of machine, as people would write it."""

FULL = """
rooms = 500

[front]
address = "10.0.1.10"
machines = ["10.0.1.11", "10.0.1.12"]
host = "rollcall.example.ac.kr"

[[servers]]
name = "app1"
address = "10.0.1.21"
photographs = true

[[servers]]
name = "app2"
address = "10.0.1.22"

[[recognisers]]
name = "rec1"
address = "10.0.1.31"
processes = 8

[[databases]]
name = "db1"
address = "10.0.1.41"

[[databases]]
name = "db2"
address = "10.0.1.42"

[[databases]]
name = "db3"
address = "10.0.1.43"
"""
