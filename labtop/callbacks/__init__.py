"""Callbacks for the frameworks that people train with; each module imports its framework, this package none.

    from labtop.callbacks.huggingface import LabtopCallback

All of them log to the active run, or begin one and end it (`labtop.callbacks.training`).
"""
