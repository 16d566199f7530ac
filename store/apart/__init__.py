"""A store in a process of its own, so that neither reading nor answering holds up the screen's interpreter."""
