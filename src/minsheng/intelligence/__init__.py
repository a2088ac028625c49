"""Pure functions over texts and counts: no Django, no files, no clock."""
