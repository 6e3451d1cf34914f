"""What people do on QuickBooks' own screens and no application can do through the API."""
