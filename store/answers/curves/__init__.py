"""Curves of metrics: points kept in memory while they are looked at, cut to the window, thinned, smoothed, grouped."""
