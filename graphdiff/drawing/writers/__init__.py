"""Scenes as files: SVG, PNG, PDF, TikZ."""
