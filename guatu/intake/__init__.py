"""The door for phones and the public."""
