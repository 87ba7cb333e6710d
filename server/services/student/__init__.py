"""Answer a student about themselves, and about nobody else."""
