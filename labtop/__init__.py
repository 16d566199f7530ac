"""labtop: the lab notebook and `top` for experiments, in a terminal.

Importing this package loads the standard library only, so that a training script can afford it.
"""

__version__ = "0.1.0"
