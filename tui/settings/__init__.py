"""Settings: what a team and the user want to see before anybody has chosen, from two small files."""
