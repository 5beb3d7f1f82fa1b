"""Documents and spreadsheets of customer service, one file a subject."""
