"""The filter language: text into one condition of SQL, with nothing of the text in it.

Reads no index: a database is asked only whether it can read a regular expression.
"""
