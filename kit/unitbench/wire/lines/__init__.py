"""Line protocols that need no code of their own: their record in the catalogue says how they are spelt."""
