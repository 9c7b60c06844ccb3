"""Pages that need no login: the front page, the parts on show, the API's reading page."""
