"""The settings of an installation: `base` for all, `dev` for one machine (`make run`), `test` for pytest, `production` for a city."""
