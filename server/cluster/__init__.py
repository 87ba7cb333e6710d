"""The files of a cluster's machines, made of one list of them."""
