"""A run brought back: what its record says and lacks of code, environment, data, command; a shell script of it."""
