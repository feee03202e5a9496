"""What is highlighted in a picture: paths, and wrong claims."""
