"""What ends an export."""


class ExportError(Exception):
    """A file that cannot be written; its text is one line that says why and what to do."""
