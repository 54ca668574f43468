"""Word segmenters, one file each. Heavy loading happens on the first cut."""
