"""Pages of those who watch: leaders, supervisors and analysts; deputies and observers."""
