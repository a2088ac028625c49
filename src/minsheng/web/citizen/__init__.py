"""Pages for citizens: file, follow, judge, read the hall. No sign-in: code and secret prove whose a case is."""
