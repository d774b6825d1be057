"""The commands of the web. Libraries wait until a command runs, so that its help answers at once."""
