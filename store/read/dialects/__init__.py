"""Dialects: the forms in which tools write logs. Each claims files by content and makes objects of their bytes."""
