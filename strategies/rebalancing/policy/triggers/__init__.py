"""What makes a round due: a file a trigger."""
