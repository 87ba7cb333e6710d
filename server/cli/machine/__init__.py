"""The commands for the database, keys, certificates, cameras and several machines."""
