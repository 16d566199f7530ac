"""How much of a config file is read, and what is said of one that holds more."""

MOST_VALUES = 100_000
DEEPEST = 100
TOO_MANY = f"more than {MOST_VALUES} values"
TOO_DEEP = "nested too deeply"


class ConfigError(Exception):
    """A config file that cannot be read; the text is one line that says why."""
