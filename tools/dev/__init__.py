"""The two commands: all that is behind ``./dev``. Standard library only: it runs before anything is installed."""
