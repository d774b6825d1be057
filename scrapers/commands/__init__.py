"""The commands that bring documents in. Libraries wait until a command runs, so that its help answers at once."""
