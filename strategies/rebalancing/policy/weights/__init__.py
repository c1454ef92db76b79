"""Where target weights come from: a file a source."""
