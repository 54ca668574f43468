"""The built-in checks, one file each. They know the case and the engine, never each other."""
