"""Everything that is private to moto, and how plans are put into it and taken out."""
