"""dlib's two face detectors: HOG, and MMOD by pyramid, tiles and batches on whatever engine runs its network."""
