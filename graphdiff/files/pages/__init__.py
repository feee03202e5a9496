"""Where mathematics stands on a page: Markdown, notebooks, LaTeX documents, plain text."""
