"""Parts that pages are made of; knows no noun."""
