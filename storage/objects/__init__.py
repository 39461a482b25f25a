"""Objects: buckets on S3 or in a folder, written once, versioned and locked; encrypted before they leave."""
