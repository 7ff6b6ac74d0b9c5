"""Running an installation: serving, checking its health, backing it up. What the command line does."""
