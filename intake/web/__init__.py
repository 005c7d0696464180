"""What a browser meets: pages, forms, headers and errors."""
