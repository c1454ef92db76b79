"""Parts of the page on a search of policies."""
