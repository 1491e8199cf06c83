"""What people look at and carry on with: the page view, tables."""
