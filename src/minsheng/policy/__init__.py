"""Rules as data: a city is one TOML file; decisions are pure functions over it."""
