"""The screen: the store's answers as widgets. Never sees the database or a log file."""
