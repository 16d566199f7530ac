"""Reading: bytes of log files into columns. No database, no threads."""
