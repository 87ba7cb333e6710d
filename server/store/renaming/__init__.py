"""Give identifiers another form, and join students who are one."""
