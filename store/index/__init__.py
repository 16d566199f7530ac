"""The index: tables in DuckDB, how they are opened and written."""
