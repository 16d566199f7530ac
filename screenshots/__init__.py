"""Pictures of every view, and the script that draws them: `python -m screenshots`."""
