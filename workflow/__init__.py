"""The process: what may be done to a request, by whom, and by when. Pure: no storage, no clock."""
