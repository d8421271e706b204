"""The walks: the product as it is started by an office, in a real browser, told from end to end."""
