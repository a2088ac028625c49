"""The benches behind `minsheng bench`: a city of 100,000 cases, a server as `minsheng up` starts it, clients that keep it busy, and what it cost."""
