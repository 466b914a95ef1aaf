"""The command line: one file a command group; prints and exits, decides nothing."""
