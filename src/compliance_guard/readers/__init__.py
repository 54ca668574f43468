"""Built-in readers, one file each."""
