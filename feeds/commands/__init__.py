"""The commands about what is stored. Libraries wait until a command runs, so that its help answers at once."""
