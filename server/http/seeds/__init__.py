"""Answer the HTTP clients of 2019 and 2020 as the servers did that they were written for, to the byte."""
