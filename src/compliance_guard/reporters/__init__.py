"""Built-in reporters, one file each."""
