"""Pictures that fit a sheet of paper or a slide with type that can be read."""
