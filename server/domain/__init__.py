"""Pure rules: what a mark is, which decision stands, which day it is on campus. No clock, no store, no messages."""
