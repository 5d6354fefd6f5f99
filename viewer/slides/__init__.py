"""Whole slides: which images of a series are the pyramid of one piece of glass, and pictures of it for a grant."""
