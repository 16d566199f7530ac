"""Widgets: the grid, the chart, and what is composed of them."""
