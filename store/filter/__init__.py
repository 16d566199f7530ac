"""The filter language: text into one condition of SQL, with nothing of the text in it. Knows no database."""
