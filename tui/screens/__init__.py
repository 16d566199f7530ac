"""Screens: the workspace, its views, and what opens over it."""
